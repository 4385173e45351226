//! The App's webhook: its configuration, and the redelivery of failed deliveries.

use std::collections::BTreeSet;

use palisade_sdk::CallError;
use palisade_sdk::provider::{Credential, Method};
use serde_json::{Value, json};

use crate::api::{Api, good};
use palisade_sdk::provider::json::{id, text, time};

/// The maximum number of pages of deliveries that are read. GitHub keeps deliveries for three days.
const PAGES: usize = 20;

pub(crate) fn ensure(api: &Api<'_>, url: &str, secret: Credential) -> Result<(), CallError> {
    let wanted = json!({ "url": url, "content_type": "json", "insecure_ssl": "0", "secret": "" });
    let fill = vec![("/secret".to_owned(), secret)];
    good(api.app_write(Method::Patch, "/app/hook/config", &wanted, fill)?, "the App's webhook")?;
    Ok(())
}

/// What remains of the App's webhook: GitHub's API has no operation that removes it.
/// <https://docs.github.com/en/rest/apps/webhooks>
pub(crate) fn remove(api: &Api<'_>, url: &str) -> Result<Vec<String>, CallError> {
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
        good(api.app_write(Method::Post, &path, &json!({}), Vec::new())?, "a delivery again")?;
        asked += 1;
    }
    Ok(asked)
}
