//! Responses in GitHub's format.

use palisade_fake_host::Reply;
use serde_json::json;

/// An error.
pub(crate) fn message(status: u16, message: &str) -> Reply {
    let body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    Reply::json(status, &body)
}

/// The error "Not Found".
pub(crate) fn not_found() -> Reply {
    message(404, "Not Found")
}
