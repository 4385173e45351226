//! What was asked of the fake, in order.

use serde_json::Value;

/// A request and how it was answered.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it came, RFC 3339 with fractions of seconds.
    pub time: String,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Path and query; that of the API begins with `/api/v3`.
    pub path: String,
    /// Status of the answer; 0 when the connection was reset.
    pub status: u16,
    /// The body, when it was JSON; else null.
    pub body: Value,
}
