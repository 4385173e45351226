//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood, json};
use serde_json::Value;

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or the delivery does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let wrong = |what: &str| CallError::InvalidInput(what.to_owned());
    let kind = delivery
        .header("X-GitHub-Event")
        .filter(|kind| !kind.is_empty())
        .ok_or_else(|| wrong("missing header `X-GitHub-Event`"))?;
    let text = str::from_utf8(delivery.body)
        .map_err(|_| wrong("the body is not UTF-8: set the hook's content type to `application/json`"))?;
    let body: Value = serde_json::from_str(text).map_err(|_| {
        wrong("the body is not valid JSON: set the hook's content type to `application/json`")
    })?;
    if !body.is_object() {
        return Err(wrong("the body is not a JSON object"));
    }
    let id = delivery.header("X-GitHub-Delivery").unwrap_or_default();
    Ok(Understood {
        account: json::id(&body, "/installation/id"),
        hints: hint::hints(kind, &body),
        events: vec![event::event(kind, id, &body, text)],
    })
}
