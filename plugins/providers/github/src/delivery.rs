//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood, json};

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or the delivery does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let kind = delivery.required("X-GitHub-Event")?;
    let (text, body) = delivery.object("set the hook's content type to `application/json`")?;
    let id = delivery.header("X-GitHub-Delivery").unwrap_or_default();
    Ok(Understood {
        account: json::id(&body, "/installation/id"),
        hints: hint::hints(kind, &body),
        events: vec![event::event(kind, id, &body, text)],
    })
}
