//! Webhooks of projects and groups. <https://docs.gitlab.com/api/project_webhooks/>,
//! <https://docs.gitlab.com/api/group_webhooks/>

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::rest::{Answer, part};
use palisade_sdk::provider::{Credential, HookPlace, Method};
use serde_json::{Map, Value};

use crate::api::{Api, project, reason, refusal};

/// Events of a project: merge requests, comments, and pipelines (merge trains). Pushes are enabled unless they are
/// excluded.
const PROJECT: [(&str, bool); 4] = [
    ("merge_requests_events", true),
    ("note_events", true),
    ("pipeline_events", true),
    ("push_events", false),
];

/// Events of a group, for detectors.
const GROUP: [(&str, bool); 11] = [
    ("push_events", true),
    ("tag_push_events", true),
    ("merge_requests_events", true),
    ("pipeline_events", true),
    ("deployment_events", true),
    ("releases_events", true),
    ("member_events", true),
    ("subgroup_events", true),
    ("project_events", true),
    ("resource_access_token_events", true),
    ("vulnerability_events", true),
];

/// Where webhooks are: a path of the API, a name for messages, and the events.
struct Place {
    path: String,
    name: String,
    is_group: bool,
    events: &'static [(&'static str, bool)],
}

impl Place {
    /// Why webhooks are not available there. GitLab answers 403 or 404 for the reasons that it does not reveal.
    fn unavailable(&self, why: &str) -> String {
        let fix = if self.is_group {
            "group webhooks need the plan Premium or Ultimate, and the role Owner of the token's user"
        } else {
            "give the token's user the role Maintainer, and the token the scope `api`"
        };
        format!("the webhooks of {} are not available ({why}): {fix}", self.name)
    }
}

/// Whether GitLab stopped sending: after 4 failures in a row for a while, after 40 for good.
/// <https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks>
fn is_disabled(hook: &Value) -> bool {
    let status = text(hook, "/alert_status");
    let until = hook.get("disabled_until").is_some_and(|it| !it.is_null());
    until || !matches!(status, "" | "executable")
}

/// The groups at the top that the user owns, and the project of a place.
fn places(api: &Api<'_>, place: &HookPlace) -> Result<Vec<Place>, CallError> {
    match place {
        HookPlace::Connection => Err(CallError::InvalidInput(
            "GitLab has no webhook for a connection: each project or group has its own".to_owned(),
        )),
        HookPlace::Repository(name) => Ok(vec![Place {
            path: format!("{}/hooks", project(name)),
            name: format!("`{name}`"),
            is_group: false,
            events: &PROJECT,
        }]),
        HookPlace::Account => {
            // A hook of a group has the events of its subgroups too.
            // <https://docs.gitlab.com/api/groups/#list-all-groups>
            let groups = api.every(
                "/groups?owned=true&top_level_only=true&per_page=100",
                "the groups of the token's user",
            )?;
            let group = |it: &Value| Place {
                path: format!("/groups/{}/hooks", part(&id(it, "/id"))),
                name: format!("group `{}`", text(it, "/full_path")),
                is_group: true,
                events: &GROUP,
            };
            Ok(groups.iter().map(group).collect())
        }
    }
}

/// The hooks of a place that send to a URL; none if its hooks are not available.
fn existing(api: &Api<'_>, place: &Place, url: &str) -> Result<Result<Vec<Value>, u16>, CallError> {
    let what = format!("the webhooks of {}", place.name);
    let all = api.every_or(&format!("{}?per_page=100", place.path), &what, &[403, 404])?;
    Ok(all
        .map(|all| all.into_iter().filter(|it| text(it, "/url") == url).collect())
        .map_err(|answer| answer.status))
}

fn delete(api: &Api<'_>, place: &Place, hook: &Value) -> Result<Answer, CallError> {
    api.delete(&format!("{}/{}", place.path, part(&id(hook, "/id"))))
}

/// Creates a hook, or changes the one of this ID. `proof` is the field of the secret.
fn write(
    api: &Api<'_>,
    place: &Place,
    hook: Option<&str>,
    url: &str,
    proof: &str,
    secret: Credential,
) -> Result<Answer, CallError> {
    let mut body = Map::new();
    body.insert("url".to_owned(), url.into());
    body.insert("enable_ssl_verification".to_owned(), true.into());
    for (event, is_wanted) in place.events {
        body.insert((*event).to_owned(), (*is_wanted).into());
    }
    // The host inserts the secret.
    body.insert(proof.to_owned(), "".into());
    let (method, path) = match hook {
        Some(hook) => (Method::Put, format!("{}/{}", place.path, part(hook))),
        None => (Method::Post, place.path.clone()),
    };
    api.write_filled(method, &path, &Value::Object(body), vec![(format!("/{proof}"), secret)])
}

/// Ensures the hook of a place. Returns what cannot be repaired.
fn ensure_at(
    api: &Api<'_>,
    place: &Place,
    url: &str,
    secret: Credential,
) -> Result<Option<String>, CallError> {
    let hooks = match existing(api, place, url)? {
        Ok(hooks) => hooks,
        Err(status) => return Ok(Some(place.unavailable(&format!("status {status}")))),
    };
    let mut kept = None;
    for hook in &hooks {
        // GitLab has no call that enables a hook again, and one hook is enough.
        if kept.is_some() || is_disabled(hook) {
            let answer = delete(api, place, hook)?;
            if !(200..300).contains(&answer.status) && answer.status != 404 {
                return Ok(Some(left(place, &id(hook, "/id"), url, &reason(&answer))));
            }
        } else {
            kept = Some(id(hook, "/id"));
        }
    }
    let signed = write(api, place, kept.as_deref(), url, "signing_token", secret)?;
    let signed = match accepted(place, signed)? {
        Ok(hook) => hook,
        Err(why) => return Ok(Some(why)),
    };
    if flag(&signed, "/signing_token_present") {
        return Ok(None);
    }
    // Servers without signatures ignore that field.
    // <https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens>
    let hook = id(&signed, "/id");
    Ok(accepted(place, write(api, place, Some(&hook), url, "token", secret)?)?.err())
}

/// The hook in a response, or why GitLab does not accept it.
fn accepted(place: &Place, answer: Answer) -> Result<Result<Value, String>, CallError> {
    let why = reason(&answer);
    match answer.status {
        403 | 404 => Ok(Err(place.unavailable(&why))),
        400 | 422 => Ok(Err(format!(
            "GitLab does not accept the webhook of {} ({why}): check the public URL of this program, the number of \
             webhooks there, and on GitLab Self-Managed the outbound requests under Admin, Settings, Network",
            place.name
        ))),
        _ => Ok(Ok(answer.good(|it| refusal(it, &format!("the webhook of {}", place.name)))?.body)),
    }
}

/// A hook that cannot be removed.
fn left(place: &Place, hook: &str, url: &str, why: &str) -> String {
    format!(
        "webhook {hook} of {} still sends deliveries to `{url}` ({why}): delete it under Settings, Webhooks",
        place.name
    )
}

/// Ensures the hook of a place. Returns what cannot be repaired, with the remediation.
pub(crate) fn ensure(
    api: &Api<'_>,
    place: &HookPlace,
    url: &str,
    secret: Credential,
) -> Result<Vec<String>, CallError> {
    let places = places(api, place)?;
    if places.is_empty() {
        return Ok(vec![
            "the token's user owns no group at the top: give it the role Owner in the group".to_owned(),
        ]);
    }
    let all = places.iter().map(|it| ensure_at(api, it, url, secret));
    Ok(all.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Removes all hooks of a place that send to a URL. Returns what cannot be removed, with the remediation.
pub(crate) fn remove(api: &Api<'_>, place: &HookPlace, url: &str) -> Result<Vec<String>, CallError> {
    let mut remaining = Vec::new();
    for place in places(api, place)? {
        match existing(api, &place, url)? {
            // The project was deleted, or the plan has no group webhooks.
            Err(404) => {}
            Err(status) => remaining.push(format!(
                "{}; if it has a webhook to `{url}`, delete that under Settings, Webhooks",
                place.unavailable(&format!("status {status}"))
            )),
            Ok(hooks) => {
                for hook in &hooks {
                    let answer = delete(api, &place, hook)?;
                    match answer.status {
                        200..=299 | 404 => {}
                        401 => return Err(refusal(&answer, &format!("the webhooks of {}", place.name))),
                        _ => remaining.push(left(&place, &id(hook, "/id"), url, &reason(&answer))),
                    }
                }
            }
        }
    }
    Ok(remaining)
}
