//! Service hooks: one subscription for each event, of a repository or of the organization.
//!
//! Event types, their inputs and the consumer: <https://learn.microsoft.com/azure/devops/service-hooks/events>,
//! <https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks>. No operation sends a notification again.
//! Members, permissions and branch policies have no events: their changes are in the audit log only. Events of builds
//! need another scope of the token.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::rest::{Answer, part};
use palisade_sdk::provider::{Credential, HookPlace, Method};
use serde_json::{Value, json};

use crate::api::Api;
use crate::connection::may_view_hooks;
use crate::hint::COMMENT;
use crate::repositories::repository;
use crate::words::{SUBSCRIPTION, word};

/// The path of the subscriptions.
const PLACE: &str = "/_apis/hooks/subscriptions";

/// The subscriptions that send to URLs.
const ALL: &str =
    "/_apis/hooks/subscriptions?publisherId=tfs&consumerId=webHooks&consumerActionId=httpRequest";

/// The remediation of a missing permission.
const PERMISSIONS: &str = "give the account of the token the permissions *View subscriptions* and *Edit subscriptions*, \
                           with `az devops security permission update` as the steps of the connection show";

/// The user name of deliveries; their password is the secret.
const USER: &str = "palisade";

/// The events of a pull request, with the version of their resource. Version 1.0 of a comment lacks its pull request.
const PULL_EVENTS: [(&str, &str); 4] = [
    ("git.pullrequest.created", "1.0"),
    ("git.pullrequest.updated", "1.0"),
    ("git.pullrequest.merged", "1.0"),
    (COMMENT, "2.0"),
];

/// The events of the organization that detectors need, in addition to those of pull requests.
const ORGANIZATION_EVENTS: [(&str, &str); 6] = [
    ("git.push", "1.0"),
    ("git.repo.created", "1.0-preview.1"),
    ("git.repo.deleted", "1.0-preview.1"),
    ("git.repo.forked", "1.0-preview.1"),
    ("git.repo.renamed", "1.0-preview.1"),
    ("git.repo.statuschanged", "1.0-preview.1"),
];

/// The object whose events a subscription sends.
enum Place {
    /// A project and a repository, by their ids.
    Repository(String, String),
    Organization,
}

impl Place {
    fn events(&self) -> Vec<(&'static str, &'static str)> {
        let more: &[(&str, &str)] =
            if matches!(self, Place::Organization) { &ORGANIZATION_EVENTS } else { &[] };
        PULL_EVENTS.iter().chain(more).copied().collect()
    }

    fn inputs(&self) -> Value {
        match self {
            Place::Repository(project, repository) => {
                json!({ "projectId": project, "repository": repository })
            }
            // A subscription without a project is for all projects.
            Place::Organization => json!({}),
        }
    }

    fn has(&self, subscription: &Value) -> bool {
        let repository = text(subscription, "/publisherInputs/repository");
        match self {
            Place::Repository(_, id) => repository.eq_ignore_ascii_case(id),
            Place::Organization => {
                repository.is_empty() && text(subscription, "/publisherInputs/projectId").is_empty()
            }
        }
    }
}

/// The object of service hooks in messages.
fn title(place: &HookPlace) -> String {
    match place {
        HookPlace::Repository(name) => format!("`{name}`"),
        _ => "the organization".to_owned(),
    }
}

/// What to do if the subscriptions are not visible. Without the permission, their list is empty instead of refused, so
/// that each attempt would add subscriptions.
fn hidden(api: &Api<'_>, place: Option<&Place>, hook: &HookPlace) -> Result<Option<String>, CallError> {
    let project = match place {
        Some(Place::Repository(project, _)) => project,
        _ => "",
    };
    let is_visible = may_view_hooks(api, project)?;
    Ok((!is_visible).then(|| format!("the service hooks of {} are not visible: {PERMISSIONS}", title(hook))))
}

/// The place of subscriptions; none if the repository does not exist.
fn place_of(api: &Api<'_>, place: &HookPlace) -> Result<Option<Place>, CallError> {
    let HookPlace::Repository(name) = place else { return Ok(Some(Place::Organization)) };
    let found = repository(api, name)?;
    Ok(found.map(|it| Place::Repository(id(&it, "/project/id"), id(&it, "/id"))))
}

/// All subscriptions that send to a URL.
fn of_url(api: &Api<'_>, url: &str) -> Result<Vec<Value>, CallError> {
    let all = api.every(ALL, "the service hooks")?;
    Ok(all.into_iter().filter(|it| text(it, "/consumerInputs/url") == url).collect())
}

/// What to do about a refused request; an error if an administrator cannot change it.
fn remark(api: &Api<'_>, answer: &Answer, what: &str) -> Result<String, CallError> {
    let reason = text(&answer.body, "/message");
    match answer.status {
        401 | 403 => Ok(format!("{what} was refused ({reason}): {PERMISSIONS}")),
        400 => Ok(format!(
            "{what} was refused as invalid ({reason}): Azure DevOps sends only to public HTTPS addresses"
        )),
        _ => Err(api.refusal(answer, what)),
    }
}

/// Deletes a subscription; a remark if that is refused.
fn delete(api: &Api<'_>, subscription: &Value, what: &str) -> Result<Option<String>, CallError> {
    let answer = api.delete(&format!("{PLACE}/{}", part(&id(subscription, "/id"))))?;
    match answer.status {
        200..=299 | 404 => Ok(None),
        _ => remark(api, &answer, &format!("the removal of {what}")).map(Some),
    }
}

/// Creates the subscription of an event, or writes an existing one again: the secret may have changed, and the
/// subscription may be disabled after failed deliveries.
fn write(
    api: &Api<'_>,
    existing: Option<&Value>,
    body: &Value,
    secret: Credential,
) -> Result<Answer, CallError> {
    let fill = vec![("/consumerInputs/basicAuthPassword".to_owned(), secret)];
    let Some(existing) = existing else { return api.write_filled(Method::Post, PLACE, body, fill) };
    let id = id(existing, "/id");
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("id".to_owned(), id.as_str().into());
        fields.insert("status".to_owned(), "enabled".into());
    }
    api.write_filled(Method::Put, &format!("{PLACE}/{}", part(&id)), &body, fill)
}

/// Ensures exactly one enabled subscription of an event; a remark if that is refused.
fn ensure_event(
    api: &Api<'_>,
    mut existing: &[&Value],
    body: &Value,
    what: &str,
    secret: Credential,
) -> Result<Vec<String>, CallError> {
    let mut remarks = Vec::new();
    if let Some((first, others)) = existing.split_first() {
        existing = others;
        let answer = write(api, Some(first), body, secret)?;
        let is_enabled = word(&answer.body, "/status", SUBSCRIPTION) == "enabled";
        match answer.status {
            200..=299 if is_enabled => {}
            // It was deleted meanwhile.
            404 => remarks.extend(create(api, body, what, secret)?),
            // Of an identity that is inactive, or not enabled again: a new one replaces it.
            200..=299 => {
                remarks.extend(delete(api, first, what)?);
                remarks.extend(create(api, body, what, secret)?);
            }
            _ => remarks.push(remark(api, &answer, what)?),
        }
    } else {
        remarks.extend(create(api, body, what, secret)?);
    }
    for other in existing {
        remarks.extend(delete(api, other, what)?);
    }
    Ok(remarks)
}

fn create(api: &Api<'_>, body: &Value, what: &str, secret: Credential) -> Result<Option<String>, CallError> {
    let answer = write(api, None, body, secret)?;
    match answer.status {
        200..=299 => Ok(None),
        _ => remark(api, &answer, what).map(Some),
    }
}

fn no_connection() -> CallError {
    CallError::InvalidInput("service hooks belong to a repository or to the organization".to_owned())
}

pub(crate) fn ensure(
    api: &Api<'_>,
    hook: &HookPlace,
    url: &str,
    secret: Credential,
) -> Result<Vec<String>, CallError> {
    if matches!(hook, HookPlace::Connection) {
        return Err(no_connection());
    }
    let Some(place) = place_of(api, hook)? else {
        return Ok(vec![format!(
            "{} was not found: check that it exists, is enabled, and that the account of the token has access",
            title(hook)
        )]);
    };
    if let Some(remark) = hidden(api, Some(&place), hook)? {
        return Ok(vec![remark]);
    }
    let ours: Vec<Value> = of_url(api, url)?.into_iter().filter(|it| place.has(it)).collect();
    let title = title(hook);
    let events = place.events();
    let mut remarks = Vec::new();
    for (event, version) in &events {
        let body = json!({
            "publisherId": "tfs",
            "eventType": event,
            "resourceVersion": version,
            "consumerId": "webHooks",
            "consumerActionId": "httpRequest",
            "publisherInputs": place.inputs(),
            "consumerInputs": {
                "url": url,
                "basicAuthUsername": USER,
                "basicAuthPassword": "",
                "resourceDetailsToSend": "all",
                "messagesToSend": "none",
                "detailedMessagesToSend": "none",
            },
        });
        let existing: Vec<&Value> = ours.iter().filter(|it| text(it, "/eventType") == *event).collect();
        let what = format!("the service hook for `{event}` of {title}");
        remarks.extend(ensure_event(api, &existing, &body, &what, secret)?);
    }
    for other in ours.iter().filter(|it| events.iter().all(|(event, _)| text(it, "/eventType") != *event)) {
        remarks.extend(delete(api, other, &format!("a service hook of {title}"))?);
    }
    // The same permission is missing for each event.
    remarks.dedup_by_key(|it| it.split_once(" was refused").map(|(_, reason)| reason.to_owned()));
    Ok(remarks)
}

/// Whether the repository of a subscription no longer exists.
fn is_orphan(api: &Api<'_>, subscription: &Value) -> Result<bool, CallError> {
    let project = text(subscription, "/publisherInputs/projectId");
    let repository = text(subscription, "/publisherInputs/repository");
    if project.is_empty() || repository.is_empty() {
        return Ok(false);
    }
    let place = format!("/{}/_apis/git/repositories/{}", part(project), part(repository));
    Ok(api.get(&place)?.status == 404)
}

pub(crate) fn remove(api: &Api<'_>, hook: &HookPlace, url: &str) -> Result<Vec<String>, CallError> {
    if matches!(hook, HookPlace::Connection) {
        return Err(no_connection());
    }
    let place = place_of(api, hook)?;
    if let Some(remark) = hidden(api, place.as_ref(), hook)? {
        return Ok(vec![remark]);
    }
    let mut remarks = Vec::new();
    for subscription in of_url(api, url)? {
        let is_here = match &place {
            Some(place) => place.has(&subscription),
            // A repository that was deleted is known by the subscriptions that it left.
            None => is_orphan(api, &subscription)?,
        };
        if is_here {
            let event = text(&subscription, "/eventType");
            remarks.extend(delete(api, &subscription, &format!("the service hook for `{event}`"))?);
        }
    }
    Ok(remarks)
}

/// Service hooks of this program that do not send, in Markdown.
pub(crate) fn disabled(api: &Api<'_>) -> Result<Vec<String>, CallError> {
    let all = api.every(ALL, "the service hooks")?;
    let ours = all.iter().filter(|it| text(it, "/consumerInputs/basicAuthUsername") == USER);
    let stopped = ours.filter_map(|it| match word(it, "/status", SUBSCRIPTION) {
        "" | "enabled" => None,
        status => Some(format!(
            "the service hook `{}` for `{}` is `{status}`: it is enabled again at the next reconciliation; check that \
             Azure DevOps can reach its URL",
            id(it, "/id"),
            text(it, "/eventType")
        )),
    });
    Ok(stopped.collect())
}
