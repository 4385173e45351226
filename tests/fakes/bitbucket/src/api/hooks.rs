//! Webhooks of workspaces and repositories.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::page::{USUAL, page};
use super::{Call, repository};
use crate::Inner;
use crate::reply::{Answer, Refused, invalid, not_found};
use crate::state::{Place, State, Subscription, text};

/// The events that a webhook can subscribe to: the kind, what happens, and whether only a workspace has it (the
/// enumeration of the schema `webhook_subscription`).
const EVENTS: &[(&str, &str, bool)] = &[
    ("repo:push", "Push", false),
    ("repo:fork", "Fork", false),
    ("repo:updated", "Updated", false),
    ("repo:transfer", "Transfer accepted", false),
    ("repo:created", "Created", true),
    ("repo:deleted", "Deleted", true),
    ("repo:imported", "Imported", false),
    ("repo:commit_comment_created", "Commit comment created", false),
    ("repo:commit_status_created", "Build status created", false),
    ("repo:commit_status_updated", "Build status updated", false),
    ("pullrequest:created", "Created", false),
    ("pullrequest:updated", "Updated", false),
    ("pullrequest:push", "Push", false),
    ("pullrequest:approved", "Approved", false),
    ("pullrequest:unapproved", "Approval removed", false),
    ("pullrequest:changes_request_created", "Changes request created", false),
    ("pullrequest:changes_request_removed", "Changes request removed", false),
    ("pullrequest:fulfilled", "Merged", false),
    ("pullrequest:rejected", "Declined", false),
    ("pullrequest:comment_created", "Comment created", false),
    ("pullrequest:comment_updated", "Comment updated", false),
    ("pullrequest:comment_deleted", "Comment deleted", false),
    ("pullrequest:comment_resolved", "Comment resolved", false),
    ("pullrequest:comment_reopened", "Comment reopened", false),
];

#[expect(clippy::unnecessary_wraps, reason = "a handler")]
pub(super) fn subjects(fake: &Inner, _call: &Call) -> Answer {
    let link = |kind: &str| json!({ "events": { "href": format!("{}/hook_events/{kind}", fake.api_url) } });
    let all = json!({ "repository": link("repository"), "workspace": link("workspace") });
    Ok(Reply::json(200, &all))
}

pub(super) fn events(fake: &Inner, call: &Call) -> Answer {
    let whole = call.parameter("subject_type") == "workspace";
    let all = EVENTS.iter().filter(|(_, _, only)| whole || !only);
    let all = all.map(|(event, label, _)| {
        let category = if event.starts_with("repo:") { "Repository" } else { "Pull Request" };
        json!({ "event": event, "category": category, "label": label, "description": label })
    });
    page(fake, call, all.collect(), USUAL)
}

/// What the path names.
fn place(state: &State, call: &Call) -> Result<Place, Refused> {
    if call.parameter("repo_slug").is_empty() {
        return Ok(Place::Workspace(call.parameter("workspace").to_owned()));
    }
    Ok(Place::Repository(repository(state, call)?.full_name.clone()))
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let place = place(&state, call)?;
    let mine = state.hooks.iter().filter(|hook| hook.place == place);
    let all: Vec<Value> = mine.map(|hook| fake.hook(&state, hook)).collect();
    drop(state);
    page(fake, call, all, USUAL)
}

/// Writes the members of a body that can be changed. A secret that is left out is not changed; null or an empty one
/// removes it.
fn write(hook: &mut Subscription, body: &Value) {
    let texts = [("url", &mut hook.url), ("description", &mut hook.description)];
    for (name, place) in texts {
        if let Some(new) = body[name].as_str() {
            new.clone_into(place);
        }
    }
    if let Some(active) = body["active"].as_bool() {
        hook.active = active;
    }
    if let Some(events) = body["events"].as_array() {
        hook.events = events.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    }
    if let Some(secret) = body.get("secret") {
        hook.secret = secret.as_str().filter(|secret| !secret.is_empty()).map(ToOwned::to_owned);
    }
}

fn check(body: &Value, place: &Place) -> Result<(), Refused> {
    let events = body["events"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let is_repository = matches!(place, Place::Repository(_));
    for event in events {
        if is_repository && EVENTS.iter().any(|(name, _, only)| *name == event && *only) {
            return Err(invalid(&format!("events: a repository does not have `{event}`")));
        }
    }
    if body.get("url").is_some_and(|url| !url.as_str().is_some_and(|url| url.starts_with("http"))) {
        return Err(invalid("url: Enter a valid URL."));
    }
    Ok(())
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let place = place(&state, call)?;
    check(&call.body, &place)?;
    if text(&call.body, "url").is_empty() || call.body["events"].as_array().is_none_or(Vec::is_empty) {
        return Err(invalid("url, events: required key not provided"));
    }
    let mut hook = Subscription {
        uuid: state.uuid(),
        place,
        url: String::new(),
        description: String::new(),
        active: true,
        events: Vec::new(),
        secret: None,
        created_at: clock::now(),
    };
    write(&mut hook, &call.body);
    state.secrets.extend(hook.secret.clone());
    let shown = fake.hook(&state, &hook);
    state.hooks.push(hook);
    Ok(Reply::json(201, &shown))
}

/// The position of the named webhook, if it belongs to what the path names.
fn find(state: &State, call: &Call) -> Result<usize, Refused> {
    let place = place(state, call)?;
    let uid = call.parameter("uid");
    let named = |hook: &Subscription| hook.uuid.trim_matches(['{', '}']) == uid.trim_matches(['{', '}']);
    let found = state.hooks.iter().position(|hook| hook.place == place && named(hook));
    found.ok_or_else(|| not_found("Webhook").into())
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    Ok(Reply::json(200, &fake.hook(&state, &state.hooks[find(&state, call)?])))
}

pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let at = find(&state, call)?;
    check(&call.body, &state.hooks[at].place)?;
    write(&mut state.hooks[at], &call.body);
    let secret = state.hooks[at].secret.clone();
    state.secrets.extend(secret);
    Ok(Reply::json(200, &fake.hook(&state, &state.hooks[at])))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let at = find(&state, call)?;
    state.hooks.remove(at);
    Ok(Reply::empty(204))
}
