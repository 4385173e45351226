//! The webhooks of projects and groups.

use std::collections::BTreeMap;

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::delivery::{Order, key};
use crate::reply::{absent, error, forbidden, message};
use crate::state::{Hook, Place, Plan, State};
use crate::{Event, Inner, render};

/// The hooks that a project may have (docs.gitlab.com, "GitLab application limits", section "Number of webhooks"), and a
/// group.
const MOST: [usize; 2] = [100, 50];

/// The flags of events. Without a choice, only `push_events` is set.
pub(crate) const FLAGS: &[&str] = &[
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "job_events",
    "wiki_page_events",
    "deployment_events",
    "feature_flag_events",
    "releases_events",
    "emoji_events",
    "resource_access_token_events",
    "vulnerability_events",
    "milestone_events",
    "subgroup_events",
    "member_events",
    "project_events",
];

/// The flag of the event that a test of a hook triggers.
fn test_flag(trigger: &str) -> Option<&'static str> {
    FLAGS.iter().copied().find(|one| *one == trigger)
}

/// What the hooks of a request belong to. Group hooks are in the plan Premium (docs.gitlab.com, "Webhooks", section
/// "Group webhooks").
fn place(fake: &Inner, call: &Call) -> Result<Place, Reply> {
    if call.caller.project > 0 {
        return Ok(Place::Project(call.caller.project));
    }
    let state = fake.state();
    let group = state.groups.get(&call.caller.group).ok_or_else(|| absent("Group"))?;
    if group.plan < Plan::Premium { Err(forbidden()) } else { Ok(Place::Group(group.id)) }
}

/// The hook that a request names.
fn find<'a>(state: &'a mut State, place: Place, call: &Call) -> Result<&'a mut Hook, Reply> {
    let found = state.hooks.get_mut(&call.number("hook_id")).filter(|one| one.place == place);
    found.ok_or_else(|| message(404, "404 Not found"))
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let state = fake.state();
    let all = state.hooks.values().filter(|one| one.place == place);
    let all = all.map(|one| render::hook(one, state.unsigned)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let mut state = fake.state();
    let unsigned = state.unsigned;
    Ok(Reply::json(200, &render::hook(find(&mut state, place, call)?, unsigned)))
}

/// Applies the members of a body to a hook. A new address without a new secret removes the secrets, so that they are not
/// sent to another receiver.
fn apply(hook: &mut Hook, body: &Value, unsigned: bool) -> Result<(), Reply> {
    let text = |name: &str| body[name].as_str().map(ToOwned::to_owned);
    if let Some(url) = text("url") {
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(error(422, "Invalid url given"));
        }
        if !hook.url.is_empty() && hook.url != url {
            (hook.token, hook.signing_token) = (None, None);
        }
        hook.url = url;
    }
    if let Some(token) = text("token") {
        if token.contains(['\r', '\n']) {
            return Err(message(422, "Token cannot contain line breaks"));
        }
        hook.token = Some(token).filter(|it| !it.is_empty());
    }
    if let Some(token) = text("signing_token").filter(|_| !unsigned) {
        if key(&token).is_none_or(|bytes| bytes.len() != 32) {
            return Err(message(422, "Signing token must be whsec_ followed by 32 bytes in Base64"));
        }
        hook.signing_token = Some(token);
    }
    for flag in FLAGS {
        if let Some(set) = body[*flag].as_bool() {
            hook.events.insert((*flag).to_owned(), set);
        }
    }
    if let Some(verify) = body["enable_ssl_verification"].as_bool() {
        hook.verify = verify;
    }
    hook.name = text("name").or_else(|| hook.name.take());
    hook.description = text("description").or_else(|| hook.description.take());
    if let Some(headers) = body["custom_headers"].as_array() {
        let pair = |one: &Value| Some((one["key"].as_str()?.to_owned(), one["value"].as_str()?.to_owned()));
        hook.headers = headers.iter().filter_map(pair).collect();
    }
    Ok(())
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let mut state = fake.state();
    let (kind, most) = match place {
        Place::Project(_) => ("project", MOST[0]),
        Place::Group(_) => ("group", MOST[1]),
    };
    if state.hooks.values().filter(|one| one.place == place).count() >= most {
        let why = format!("Maximum number of {kind} hooks ({most}) exceeded");
        return Err(Reply::json(422, &json!({ "message": { "base": [why] } })));
    }
    let mut hook = Hook {
        id: state.next(),
        place,
        url: String::new(),
        name: None,
        description: None,
        events: BTreeMap::from([("push_events".to_owned(), true)]),
        verify: true,
        token: None,
        signing_token: None,
        headers: Vec::new(),
        failures: 0,
        disabled_until: 0,
        created_at: clock::now(),
    };
    apply(&mut hook, &call.body, state.unsigned)?;
    let body = render::hook(&hook, state.unsigned);
    state.hooks.insert(hook.id, hook);
    Ok(Reply::json(201, &body))
}

pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let mut state = fake.state();
    let unsigned = state.unsigned;
    let hook = find(&mut state, place, call)?;
    let mut new = hook.clone();
    apply(&mut new, &call.body, unsigned)?;
    *hook = new;
    Ok(Reply::json(200, &render::hook(hook, unsigned)))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let mut state = fake.state();
    let id = find(&mut state, place, call)?.id;
    state.hooks.remove(&id);
    Ok(Reply::empty(204))
}

/// The deliveries of a hook, newest first (docs.gitlab.com, "Project webhooks API", section "List all events for a
/// project webhook").
pub(super) fn events(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let hook = find(&mut fake.state(), place, call)?.id;
    let wanted: Vec<&str> =
        call.query.iter().filter(|(name, _)| name.starts_with("status")).map(|(_, it)| it.as_str()).collect();
    let meets = |status: u16| {
        wanted.is_empty()
            || wanted.iter().any(|one| match *one {
                "successful" => (200..300).contains(&status),
                "client_failure" => (400..500).contains(&status),
                "server_failure" => status == 0 || status >= 500,
                code => code == status.to_string(),
            })
    };
    let all: Vec<Value> = {
        let log = fake.outbox.log();
        let found = log.iter().rev().filter(|one| one.hook == hook && meets(one.status_code));
        found.map(render::delivery).collect()
    };
    Ok(fake.page(call, all))
}

/// Sends a delivery again, with the same `Idempotency-Key`, unless the address of the hook was changed (docs.gitlab.com,
/// "Webhooks", section "Inspect request and response details").
pub(super) fn resend(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let Hook { id: hook, url, .. } = find(&mut fake.state(), place, call)?.clone();
    let wanted = call.number("hook_log_id");
    let old = fake.outbox.log().iter().find(|one| one.id == wanted && one.hook == hook).cloned();
    let old = old.ok_or_else(|| message(404, "404 Not found"))?;
    if old.url != url {
        return Err(error(422, "The hook URL has changed. Please retry the event."));
    }
    let order = Order { hook, event: old.event, payload: old.payload, id: old.guid, forced: true };
    let sent = tokio::runtime::Handle::current().block_on(crate::delivery::deliver(fake, order));
    let status = sent.map_or(0, |one| one.status_code);
    Ok(Reply::json(201, &json!({ "response_status": status })))
}

/// Sends an event of that kind now. A response with success enables the hook again.
pub(super) fn test(fake: &Inner, call: &Call) -> Answer {
    let place = place(fake, call)?;
    let hook = find(&mut fake.state(), place, call)?.id;
    let flag = test_flag(call.parameter("trigger"))
        .ok_or_else(|| error(400, "trigger does not have a valid value"))?;
    let sample = {
        let state = fake.state();
        let project = state.projects.values().find(|one| match place {
            Place::Project(id) => one.id == id,
            Place::Group(id) => state.group_of(one).is_some_and(|it| it.id == id),
        });
        let project = project.ok_or_else(|| message(422, "Ensure the project has at least one commit."))?;
        let pull = state.pulls.values().find(|one| one.project == project.id);
        match (flag, pull) {
            ("merge_requests_events", Some(pull)) => {
                Event::Pull(project.full_path.clone(), pull.number, "open", None, json!({}))
            }
            ("push_events", _) => {
                Event::Push(project.full_path.clone(), project.default_branch.clone(), None, None)
            }
            _ => return Err(message(422, "Ensure the project has merge requests.")),
        }
    };
    let made = fake.payload(call.caller.user, &sample);
    let made = made.ok_or_else(|| message(422, "Ensure the project has at least one commit."))?;
    let order = Order {
        hook,
        event: made.header,
        payload: made.payload,
        id: palisade_fake_host::guid(),
        forced: true,
    };
    let sent = tokio::runtime::Handle::current().block_on(crate::delivery::deliver(fake, order));
    match sent {
        Some(one) if (200..300).contains(&one.status_code) => Ok(message(201, "201 Created")),
        Some(one) => Err(message(422, &one.answer)),
        None => Err(message(422, "Hook execution failed")),
    }
}
