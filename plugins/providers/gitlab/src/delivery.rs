//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::first_text;
use palisade_sdk::provider::{Delivery, Understood};
use serde_json::Value;

use crate::{event, hint};

/// The headers with the ID of a delivery, the one that repeats in all attempts first.
/// <https://docs.gitlab.com/user/project/integrations/webhooks/#delivery-headers>
pub(crate) const IDS: [&str; 3] = ["Idempotency-Key", "webhook-id", "X-Gitlab-Event-UUID"];

/// The kind of an event: `object_kind`, or `event_name` in events of groups and of the whole system. The header names a
/// kind of hook, not of an event.
fn kind(body: &Value) -> &str {
    first_text(body, &["/object_kind", "/event_name"])
}

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let (payload, body) = delivery.object("remove the hook's custom template")?;
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
