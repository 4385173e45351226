//! Requests of a guest to the outside, which the host makes in its place.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::credential::Credential;

/// The methods that adapters need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// How a credential goes into the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthScheme {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …` with this user name.
    Basic(String),
    /// A header of this name with the plain value.
    Header(String),
}

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// What to do.
    pub method: Method,
    /// Where, in full.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// How long the whole exchange may take; the host's own bound holds as well.
    pub timeout: Option<Duration>,
    /// The credential that proves who asks.
    pub auth: Option<(AuthScheme, Credential)>,
    /// Credentials that the host puts into the JSON body, each at a JSON pointer.
    pub fill: Vec<(String, Credential)>,
}

/// An answer, of whatever status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A large value that the host keeps.
pub trait Blob: Send + Sync {
    /// Its length in bytes.
    fn size(&self) -> u64;
    /// A part of it, shorter where it ends before.
    fn read(&self, offset: u64, length: u32) -> std::io::Result<Vec<u8>>;
}

/// An answer whose body the host keeps.
#[derive(Clone)]
pub struct StoredResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Arc<dyn Blob>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// Not granted.
    #[error("not allowed: {0}")]
    Denied(String),
    /// No answer in time.
    #[error("no response in time")]
    Timeout,
    /// The answer is larger than the limit, in bytes.
    #[error("the response has more than {0} bytes")]
    TooLarge(u64),
    /// The far side asked to wait, and the wait is not over; the seconds that are left.
    #[error("the remote server asks to wait {0} s")]
    Wait(u64),
    /// The connection failed.
    #[error("{0}")]
    Transport(String),
}

/// Makes requests for guests: to granted hosts only, at addresses that were checked after resolution.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends a request and gives the whole answer.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Sends a request and keeps the body with the host.
    async fn download(&self, request: HttpRequest) -> Result<StoredResponse, HttpError>;

    /// Sends a request whose answer carries a new secret at `token`, a JSON pointer, and the time when it ends
    /// (RFC 3339) at `expiry`. The answer comes back with the secret blanked; without a credential where it was no
    /// success.
    async fn exchange(
        &self,
        request: HttpRequest,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<Credential>, HttpResponse), HttpError>;
}
