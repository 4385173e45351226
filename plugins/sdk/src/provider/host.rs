//! The functions that an adapter reaches through the host.

use serde_json::Value;

/// A handle of a secret, which plugins cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credential(pub u32);

/// A handle of a large value that the host stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Blob(pub u32);

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

/// How a credential is written in the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …` with this user.
    Basic(String),
    /// A header of this name.
    Header(String),
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The full URL.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// The credential that authenticates the request.
    pub auth: Option<(Scheme, Credential)>,
    /// Credentials that the host inserts into the JSON body, each at a JSON pointer.
    pub fill: Vec<(String, Credential)>,
}

impl Request {
    /// A request without a body. `accept` is the type of the response.
    pub fn new(method: Method, url: String, accept: &str, scheme: Scheme, credential: Credential) -> Request {
        let headers = vec![("accept".to_owned(), accept.to_owned())];
        Request { method, url, headers, body: Vec::new(), auth: Some((scheme, credential)), fill: Vec::new() }
    }

    /// With another header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body of this type.
    #[must_use]
    pub fn with_body(mut self, kind: &str, body: Vec<u8>) -> Request {
        self.body = body;
        self.with_header("content-type", kind)
    }

    /// With a body in JSON.
    #[must_use]
    pub fn with_json(self, body: &Value) -> Request {
        self.with_body("application/json", body.to_string().into_bytes())
    }

    /// With credentials that the host inserts into the JSON body, each at a JSON pointer.
    #[must_use]
    pub fn with_credentials(mut self, fill: Vec<(String, Credential)>) -> Request {
        self.fill = fill;
        self
    }
}

/// A response of any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header; the case of its name is ignored.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// Not granted.
    Denied(String),
    /// No response in time.
    Timeout,
    /// The response is larger than the limit, in bytes.
    TooLarge(u64),
    /// The remote limits the rate; the remaining seconds.
    Wait(u64),
    /// The connection failed.
    Transport(String),
}

/// The functions that an adapter reaches through the host.
pub trait Host {
    /// The credential of this call.
    fn auth(&self) -> Credential;
    /// A JSON object: the settings of an administrator, and the `account` of the integration.
    fn settings(&self) -> String;
    /// The current time in Unix milliseconds.
    fn now_ms(&self) -> u64;
    /// A stored value of this adapter.
    fn remember(&self, key: &str) -> Option<Vec<u8>>;
    /// Stores a value for this number of seconds.
    fn keep(&self, key: &str, value: &[u8], seconds: u32);
    /// The stored credential of this name.
    fn credential(&self, name: &str) -> Option<Credential>;
    /// Stores a credential until shortly before it expires.
    fn keep_credential(&self, name: &str, credential: Credential);
    /// Sends a request.
    fn send(&self, request: Request) -> Result<Response, HttpError>;
    /// Sends a request whose response contains a secret, which the host keeps.
    fn exchange(
        &self,
        request: Request,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<Credential>, Response), HttpError>;
    /// Sends a request and stores the body in the host; the body is empty if the request did not succeed.
    fn download(&self, request: Request) -> Result<(u16, Blob), HttpError>;
}
