//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::{Delivery, Understood};
use serde_json::Value;

use crate::{event, hint};

/// The headers with the ID of a delivery, the one that repeats in all attempts first.
/// <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>
pub(crate) const IDS: [&str; 3] = ["Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID"];

/// The kind of an event: `object_kind`, or `event_name` in events of groups and of the whole system. The header names a
/// kind of hook, not of an event.
fn kind(body: &Value) -> &str {
    match text(body, "/object_kind") {
        "" => text(body, "/event_name"),
        kind => kind,
    }
}

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let wrong = |what: &str| CallError::InvalidInput(what.to_owned());
    let payload = str::from_utf8(delivery.body).map_err(|_| wrong("the body is not UTF-8"))?;
    let body: Value = serde_json::from_str(payload)
        .map_err(|_| wrong("the body is not valid JSON: remove the hook's custom template"))?;
    if !body.is_object() {
        return Err(wrong("the body is not a JSON object: remove the hook's custom template"));
    }
    let kind = match kind(&body) {
        "" => delivery.header("X-Gitlab-Event").unwrap_or_default(),
        kind => kind,
    };
    let id = IDS.iter().find_map(|it| delivery.header(it)).unwrap_or_default();
    Ok(Understood {
        // The endpoint belongs to one connection, and its integrations have one user each.
        account: String::new(),
        hints: hint::hints(kind, &body),
        events: vec![event::event(kind, id, &body, payload)],
    })
}
