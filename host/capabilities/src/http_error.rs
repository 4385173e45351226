//! Errors of a request.

use thiserror::Error;

/// The reason why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// The request is not granted.
    #[error("not allowed: {0}")]
    Denied(String),
    /// The request timed out.
    #[error("no response in time")]
    Timeout,
    /// The response is larger than the limit, in bytes.
    #[error("the response has more than {0} bytes")]
    TooLarge(u64),
    /// The remote server asked to wait, and the wait is not over; the value is the remaining seconds.
    #[error("the remote server asks to wait {0} s")]
    Wait(u64),
    /// The connection failed.
    #[error("{0}")]
    Transport(String),
}
