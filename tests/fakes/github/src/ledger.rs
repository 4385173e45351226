//! The requests to the fake, in order.

use serde_json::Value;

/// A request and the status of its response.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it was received, RFC 3339 with fractions of seconds.
    pub time: String,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query; paths of the API begin with `/api/v3`.
    pub path: String,
    /// Status of the response; 0 if the connection was reset.
    pub status: u16,
    /// The body if it was JSON, otherwise null.
    pub body: Value,
}
