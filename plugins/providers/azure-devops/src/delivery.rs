//! The meaning of a delivery.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood, json};

use crate::{event, hint};

/// Reads a delivery. An unknown kind of event has no hints.
///
/// # Errors
/// [`CallError::InvalidInput`] if the body is not a JSON object or does not name its kind.
pub fn understand(delivery: Delivery<'_>) -> Result<Understood, CallError> {
    let (text, body) = delivery.object("check that only service hooks send to this URL")?;
    let kind = match json::text(&body, "/eventType") {
        "" => {
            let why = "missing `eventType`: check that only service hooks send to this URL";
            return Err(CallError::InvalidInput(why.to_owned()));
        }
        kind => kind.to_owned(),
    };
    Ok(Understood {
        // The endpoint belongs to one connection, and a connection has one organization.
        account: String::new(),
        hints: hint::hints(&kind, &body),
        events: vec![event::event(&kind, &body, text)],
    })
}
