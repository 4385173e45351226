//! HTTP requests that the host sends on behalf of a guest.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::credential::Credential;
use crate::http_error::HttpError;

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

/// How a credential is sent in a header.
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
    /// The method.
    pub method: Method,
    /// The full URL.
    pub url: String,
    /// Headers: names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// The timeout of the whole exchange; the host's own limit applies too.
    pub timeout: Option<Duration>,
    /// The credential that authenticates the request.
    pub auth: Option<(AuthScheme, Credential)>,
    /// Credentials that the host inserts into the JSON body, each at a JSON pointer.
    pub fill: Vec<(String, Credential)>,
}

/// A response with any status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Headers: names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A large value that the host keeps.
pub trait Blob: Send + Sync {
    /// The length in bytes.
    fn size(&self) -> u64;
    /// Reads a range; the result is shorter if the value ends before.
    fn read(&self, offset: u64, length: u32) -> std::io::Result<Vec<u8>>;
}

/// A response whose body the host keeps.
#[derive(Clone)]
pub struct StoredResponse {
    /// The status code.
    pub status: u16,
    /// Headers: names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Arc<dyn Blob>,
}

/// Sends requests for guests: only to granted hosts, at addresses that were checked after resolution.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends a request and returns the whole response.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError>;

    /// Sends a request; the host keeps the body of the response.
    async fn download(&self, request: HttpRequest) -> Result<StoredResponse, HttpError>;

    /// Sends a request whose response contains a new secret at `token` and its expiry (RFC 3339) at `expiry`, both JSON
    /// pointers. Returns the response with the secret masked, and no credential if its status is not a success.
    async fn exchange(
        &self,
        request: HttpRequest,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<Credential>, HttpResponse), HttpError>;
}
