//! What an adapter reaches, all by way of the host.

/// A handle on a secret, which no plugin can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Credential(pub u32);

/// A handle on a large value that the host keeps.
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

/// How a credential goes into the header.
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
    /// What to do.
    pub method: Method,
    /// Where, in full.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// The credential that proves who asks.
    pub auth: Option<(Scheme, Credential)>,
    /// Credentials that the host puts into the JSON body, each at a JSON pointer.
    pub fill: Vec<(String, Credential)>,
}

/// An answer, of whatever status.
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
    /// The value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// Not granted.
    Denied(String),
    /// No answer in time.
    Timeout,
    /// The answer is larger than the limit, in bytes.
    TooLarge(u64),
    /// The far side asked for a pause; the seconds that are left.
    Wait(u64),
    /// The connection failed.
    Transport(String),
}

/// What an adapter reaches, all by way of the host.
pub trait Host {
    /// The credential of this call.
    fn auth(&self) -> Credential;
    /// A JSON object: what the administrator set, and the `account` of the integration.
    fn settings(&self) -> String;
    /// Unix milliseconds.
    fn now_ms(&self) -> u64;
    /// A value of this adapter's memory.
    fn remember(&self, key: &str) -> Option<Vec<u8>>;
    /// Keeps a value for so many seconds.
    fn keep(&self, key: &str, value: &[u8], seconds: u32);
    /// The credential of that name.
    fn credential(&self, name: &str) -> Option<Credential>;
    /// Keeps a credential until shortly before it ends.
    fn keep_credential(&self, name: &str, credential: Credential);
    /// Sends a request.
    fn send(&self, request: Request) -> Result<Response, HttpError>;
    /// Sends a request whose answer brings a secret, which the host keeps.
    fn exchange(
        &self,
        request: Request,
        token: &str,
        expiry: Option<&str>,
    ) -> Result<(Option<Credential>, Response), HttpError>;
    /// Sends a request and leaves the body with the host; without a body where it was no success.
    fn download(&self, request: Request) -> Result<(u16, Blob), HttpError>;
}
