//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood, json};
use serde_json::Value;

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let wrong = |what: &str| CallError::InvalidInput(what.to_owned());
    let text = str::from_utf8(delivery.body).map_err(|_| wrong("the body is not UTF-8"))?;
    let body: Value = serde_json::from_str(text).map_err(|_| wrong("the body is not valid JSON"))?;
    if !body.is_object() {
        return Err(wrong("the body is not a JSON object"));
    }
    let kind = match json::text(&body, "/eventType") {
        "" => return Err(wrong("missing `eventType`: expected the event of a service hook")),
        kind => kind.to_owned(),
    };
    Ok(Understood {
        // The endpoint belongs to one connection, and a connection has one organization.
        account: String::new(),
        hints: hint::hints(&kind, &body),
        events: vec![event::event(&kind, &body, text)],
    })
}
