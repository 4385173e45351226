//! Webhooks of the App and of the organisation, and the redelivery of failed deliveries.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{Credential, HookPlace, Method};
use serde_json::{Value, json};

use crate::api::{Api, found, good};
use palisade_sdk::provider::json::{id, text, time};

/// The maximum number of pages of deliveries that are read. GitHub keeps deliveries for three days.
const PAGES: usize = 20;

/// The events of an organisation that detectors need. <https://docs.github.com/en/webhooks/webhook-events-and-payloads>
const ORGANIZATION_EVENTS: [&str; 26] = [
    "branch_protection_rule",
    "code_scanning_alert",
    "check_run",
    "check_suite",
    "deploy_key",
    "deployment",
    "fork",
    "member",
    "membership",
    "meta",
    "organization",
    "org_block",
    "page_build",
    "public",
    "pull_request",
    "push",
    "release",
    "repository",
    "repository_advisory",
    "repository_import",
    "secret_scanning_alert",
    "secret_scanning_alert_location",
    "security_and_analysis",
    "team",
    "team_add",
    "workflow_run",
];

fn no_repository() -> CallError {
    CallError::InvalidInput("the App's webhook is for all repositories".to_owned())
}

pub(crate) fn ensure(
    api: &Api<'_>,
    place: &HookPlace,
    url: &str,
    secret: Credential,
) -> Result<Vec<String>, CallError> {
    let config = json!({ "url": url, "content_type": "json", "insecure_ssl": "0", "secret": "" });
    match place {
        HookPlace::Connection => {
            let fill = [("/secret".to_owned(), secret)];
            good(api.app_write(Method::Patch, "/app/hook/config", &config, &fill)?, "the App's webhook")?;
        }
        HookPlace::Account => {
            let hooks = organization_hooks(api)?;
            let mut ours = of_url(api, &hooks, url)?.into_iter();
            let mut body = json!({ "active": true, "events": ORGANIZATION_EVENTS, "config": config });
            let (method, hook) = if let Some(id) = ours.next() {
                (Method::Patch, format!("{hooks}/{id}"))
            } else {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("name".to_owned(), "web".into());
                }
                (Method::Post, hooks.clone())
            };
            let fill = [("/config/secret".to_owned(), secret)];
            good(api.write_filled(method, &hook, &body, &fill)?, ORGANIZATION_HOOK)?;
            for id in ours {
                delete(api, &format!("{hooks}/{id}"))?;
            }
        }
        HookPlace::Repository(_) => return Err(no_repository()),
    }
    Ok(Vec::new())
}

/// The name of an organisation's webhook in messages.
const ORGANIZATION_HOOK: &str = "the organisation's webhook";

/// The path of the webhooks of the installation's organisation.
fn organization_hooks(api: &Api<'_>) -> Result<String, CallError> {
    let place = format!("/app/installations/{}", part(&api.settings.account));
    let installation = good(api.app(&place, None)?, "the installation")?;
    Ok(format!("/orgs/{}/hooks", part(text(&installation.body, "/account/login"))))
}

/// The ids of the webhooks that send to a URL.
fn of_url(api: &Api<'_>, hooks: &str, url: &str) -> Result<Vec<String>, CallError> {
    let all = api.every(&format!("{hooks}?per_page=100"), ORGANIZATION_HOOK)?;
    Ok(all.iter().filter(|it| text(it, "/config/url") == url).map(|it| id(it, "/id")).collect())
}

fn delete(api: &Api<'_>, hook: &str) -> Result<(), CallError> {
    found(api.delete(hook)?, ORGANIZATION_HOOK).map(drop)
}

/// What remains of the App's webhook: GitHub's API has no operation that removes it.
/// <https://docs.github.com/en/rest/apps/webhooks>
pub(crate) fn remove(api: &Api<'_>, place: &HookPlace, url: &str) -> Result<Vec<String>, CallError> {
    match place {
        HookPlace::Connection => {}
        HookPlace::Account => {
            let hooks = organization_hooks(api)?;
            for id in of_url(api, &hooks, url)? {
                delete(api, &format!("{hooks}/{id}"))?;
            }
            return Ok(Vec::new());
        }
        HookPlace::Repository(_) => return Err(no_repository()),
    }
    let hook = good(api.app("/app/hook/config", None)?, "the App's webhook")?;
    if text(&hook.body, "/url") != url {
        return Ok(Vec::new());
    }
    let app = good(api.app("/app", None)?, "the App")?;
    Ok(vec![format!(
        "the webhook of the App `{}` still sends deliveries to `{url}`: clear *Active* under *Webhook* in the App's \
         settings, or delete the App",
        text(&app.body, "/slug")
    )])
}

/// Requests a redelivery of each delivery since a time (Unix milliseconds) that has no successful attempt.
pub(crate) fn redeliver(api: &Api<'_>, since_ms: u64) -> Result<u32, CallError> {
    let (mut arrived, mut lost): (BTreeSet<String>, Vec<(String, String)>) = Default::default();
    let mut cursor = None;
    for _ in 0..PAGES {
        let answer = api.app("/app/hook/deliveries?per_page=100", cursor.as_deref())?;
        let answer = good(answer, "the App's deliveries")?;
        let mut older = false;
        // The latest come first: a later successful attempt supersedes an earlier failed one.
        for delivery in answer.list("") {
            if time(delivery, "/delivered_at").is_some_and(|it| it < since_ms) {
                older = true;
                continue;
            }
            let guid = text(delivery, "/guid").to_owned();
            let status = delivery.get("status_code").and_then(Value::as_u64).unwrap_or(0);
            if (200..300).contains(&status) {
                arrived.insert(guid);
            } else if !arrived.contains(&guid) && !lost.iter().any(|(known, _)| *known == guid) {
                lost.push((guid, id(delivery, "/id")));
            }
        }
        cursor = answer.next();
        if older || cursor.is_none() {
            break;
        }
    }
    let mut asked = 0;
    for (_, delivery) in lost {
        let path = format!("/app/hook/deliveries/{delivery}/attempts");
        good(api.app_write(Method::Post, &path, &json!({}), &[])?, "a delivery again")?;
        asked += 1;
    }
    Ok(asked)
}
