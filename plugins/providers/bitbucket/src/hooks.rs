//! Webhooks of a repository and of the workspace.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::{Answer, part};
use palisade_sdk::provider::{Credential, HookPlace, Method};
use serde_json::{Value, json};

use crate::api::{Api, found, refusal, repository};

/// The events of pull requests. Each needs a scope of the token that applies to it.
/// <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>
const REPOSITORY_EVENTS: [&str; 6] = [
    "pullrequest:comment_created",
    "pullrequest:created",
    "pullrequest:fulfilled",
    "pullrequest:push",
    "pullrequest:rejected",
    "pullrequest:updated",
];

/// The events of a workspace that detectors need. Branches and tags are created and deleted by pushes; Bitbucket has no
/// events for members, permissions and webhooks.
const WORKSPACE_EVENTS: [&str; 10] = [
    "repo:commit_comment_created",
    "repo:commit_status_created",
    "repo:commit_status_updated",
    "repo:created",
    "repo:deleted",
    "repo:fork",
    "repo:imported",
    "repo:push",
    "repo:transfer",
    "repo:updated",
];

/// The description of our webhooks.
const DESCRIPTION: &str = "Palisade";

/// The webhooks of a place.
struct Hooks {
    /// The path of the list.
    path: String,
    /// The name in messages.
    name: String,
    events: &'static [&'static str],
    /// Who may change them.
    right: String,
}

fn hooks(api: &Api<'_>, place: &HookPlace) -> Result<Hooks, CallError> {
    match place {
        HookPlace::Repository(full_name) => Ok(Hooks {
            path: format!("{}/hooks", repository(full_name)),
            name: format!("the webhook of `{full_name}`"),
            events: &REPOSITORY_EVENTS,
            right: format!("make the token's account an administrator of `{full_name}`"),
        }),
        HookPlace::Account => {
            let workspace = &api.settings.workspace;
            Ok(Hooks {
                path: format!("/workspaces/{}/hooks", part(workspace)),
                name: format!("the webhook of the workspace `{workspace}`"),
                events: &WORKSPACE_EVENTS,
                right: format!("make the token's account an administrator of the workspace `{workspace}`"),
            })
        }
        HookPlace::Connection => Err(CallError::InvalidInput(
            "a webhook of Bitbucket belongs to a repository or a workspace".to_owned(),
        )),
    }
}

/// Why a webhook cannot be read or written, with the remediation; none for other failures.
fn obstacle(answer: &Answer, hooks: &Hooks, scope: &str) -> Option<String> {
    let reason = text(&answer.body, "/error/message");
    let name = &hooks.name;
    match answer.status {
        403 => Some(format!(
            "Bitbucket refuses {name} ({reason}): {}, and create the token with the scope `{scope}`",
            hooks.right
        )),
        404 => Some(format!("Bitbucket does not find {name}: check that it exists, and {}", hooks.right)),
        400 => Some(format!(
            "Bitbucket refuses {name} as invalid ({reason}): check that the public URL of this server is reachable \
             from the internet, and delete webhooks that are not used"
        )),
        _ => None,
    }
}

/// The ids of the webhooks that send to a URL, or why they cannot be read.
fn of_url(api: &Api<'_>, hooks: &Hooks, url: &str) -> Result<Result<Vec<String>, Answer>, CallError> {
    let all = api.every_or(&format!("{}?pagelen=100", hooks.path), &hooks.name, &[403, 404])?;
    Ok(all.map(|all| {
        let ours = all.iter().filter(|it| text(it, "/url") == url);
        ours.map(|it| text(it, "/uuid").to_owned()).filter(|it| !it.is_empty()).collect()
    }))
}

/// What is wrong with a webhook after it was written.
fn defects(hook: &Value, hooks: &Hooks) -> Option<String> {
    let subscribed = hook.get("events").and_then(Value::as_array);
    let lacks: Vec<&str> = match subscribed {
        None => Vec::new(),
        Some(list) => hooks
            .events
            .iter()
            .copied()
            .filter(|it| !list.iter().any(|one| one.as_str() == Some(it)))
            .collect(),
    };
    let active = hook.get("active").and_then(Value::as_bool).unwrap_or(true);
    let secret = hook.get("secret_set").and_then(Value::as_bool).unwrap_or(true);
    if lacks.is_empty() && active && secret {
        return None;
    }
    let state = if active { "active" } else { "not active" };
    let signed = if secret { "has a secret" } else { "has no secret" };
    Some(format!(
        "{} is {state}, {signed}, and lacks the events [{}]: delete it in the settings, so that it is created again",
        hooks.name,
        lacks.join(", ")
    ))
}

pub(crate) fn ensure(
    api: &Api<'_>,
    place: &HookPlace,
    url: &str,
    secret: Credential,
) -> Result<Vec<String>, CallError> {
    let hooks = hooks(api, place)?;
    let ours = match of_url(api, &hooks, url)? {
        Ok(ours) => ours,
        Err(answer) => return Ok(obstacle(&answer, &hooks, "read:webhook:bitbucket").into_iter().collect()),
    };
    // Bitbucket sends `X-Hub-Signature` only for a webhook with a secret, and never returns it, so it is always set.
    let body = json!({
        "description": DESCRIPTION,
        "url": url,
        "active": true,
        "events": hooks.events,
        "secret": "",
    });
    let write = |method: Method, path: &str| {
        api.write_filled(method, path, &body, vec![("/secret".to_owned(), secret)])
    };
    let mut ours = ours.into_iter();
    let mut written = None;
    for uuid in ours.by_ref() {
        let answer = write(Method::Put, &format!("{}/{}", hooks.path, part(&uuid)))?;
        // Deleted in the meantime.
        if answer.status != 404 {
            written = Some(answer);
            break;
        }
    }
    let answer = match written {
        Some(answer) => answer,
        None => write(Method::Post, &hooks.path)?,
    };
    if !(200..300).contains(&answer.status) {
        return match obstacle(&answer, &hooks, "write:webhook:bitbucket") {
            Some(sentence) => Ok(vec![sentence]),
            None => Err(refusal(&answer, &hooks.name)),
        };
    }
    let mut problems: Vec<String> = defects(&answer.body, &hooks).into_iter().collect();
    for uuid in ours {
        problems.extend(delete(api, &hooks, &uuid)?);
    }
    Ok(problems)
}

/// Deletes a webhook; returns why it cannot be deleted.
fn delete(api: &Api<'_>, hooks: &Hooks, uuid: &str) -> Result<Option<String>, CallError> {
    let answer = api.delete(&format!("{}/{}", hooks.path, part(uuid)))?;
    if answer.status == 403 {
        return Ok(obstacle(&answer, hooks, "delete:webhook:bitbucket").map(|why| {
            format!("{why}; or delete the webhook `{DESCRIPTION}` in the settings under *Webhooks*")
        }));
    }
    found(answer, &hooks.name).map(|_| None)
}

/// A repository or workspace that does not exist, or to which the token lost access, has no webhook that could be
/// removed.
pub(crate) fn remove(api: &Api<'_>, place: &HookPlace, url: &str) -> Result<Vec<String>, CallError> {
    let hooks = hooks(api, place)?;
    let ours = match of_url(api, &hooks, url)? {
        Ok(ours) => ours,
        Err(answer) if answer.status == 404 => Vec::new(),
        Err(answer) => return Ok(obstacle(&answer, &hooks, "read:webhook:bitbucket").into_iter().collect()),
    };
    let mut remaining = Vec::new();
    for uuid in ours {
        remaining.extend(delete(api, &hooks, &uuid)?);
    }
    Ok(remaining)
}
