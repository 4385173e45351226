//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood};

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or the delivery does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let key = delivery.required("X-Event-Key")?;
    let (text, body) = delivery.object("check that only Bitbucket sends to this URL")?;
    let id = delivery.header("X-Request-UUID").unwrap_or_default();
    Ok(Understood {
        // A webhook belongs to a repository or a workspace of one connection.
        account: String::new(),
        hints: hint::hints(key, &body),
        events: vec![event::event(key, id, &body, text)],
    })
}
