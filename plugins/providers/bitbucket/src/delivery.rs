//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood};
use serde_json::Value;

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or the delivery does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let wrong = |what: &str| CallError::InvalidInput(what.to_owned());
    let key = delivery
        .header("X-Event-Key")
        .filter(|key| !key.is_empty())
        .ok_or_else(|| wrong("missing header `X-Event-Key`"))?;
    let text = str::from_utf8(delivery.body).map_err(|_| wrong("the body is not UTF-8"))?;
    let body: Value = serde_json::from_str(text).map_err(|_| wrong("the body is not valid JSON"))?;
    if !body.is_object() {
        return Err(wrong("the body is not a JSON object"));
    }
    let id = delivery.header("X-Request-UUID").unwrap_or_default();
    Ok(Understood {
        // A webhook belongs to a repository or a workspace of one connection.
        account: String::new(),
        hints: hint::hints(key, &body),
        events: vec![event::event(key, id, &body, text)],
    })
}
