//! GitHub's REST API: authentication, responses and pagination.

use palisade_sdk::CallError;
use palisade_sdk::provider::{Credential, Host, HttpError, Method, Request, Response, Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use palisade_sdk::provider::json;
use crate::settings::Settings;

/// The API version whose responses this module reads.
const VERSION: &str = "2022-11-28";

/// Characters that a path segment does not escape (RFC 3986 §2.3).
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An escaped path segment.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// A path whose segments are escaped.
pub(crate) fn path(text: &str) -> String {
    text.split('/').filter(|it| !it.is_empty()).map(part).collect::<Vec<_>>().join("/")
}

/// The identity that a request authenticates as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    /// The App itself, with its signed token.
    App,
    /// An installation, with an installation token.
    Installation,
}

/// The API, for one call of the host.
pub(crate) struct Api<'a> {
    host: &'a dyn Host,
    pub(crate) settings: Settings,
}

/// A parsed response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    response: Response,
}

impl Answer {
    /// The next page, from GitHub's `Link` header.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.response.header("link")?;
        link.split(',').find_map(|one| {
            let (url, rest) = one.split_once('>')?;
            rest.contains("rel=\"next\"").then(|| url.trim().trim_start_matches('<').to_owned())
        })
    }

    /// The entries of a list: the field of this name, or the whole body.
    pub(crate) fn list(&self, under: &str) -> &[Value] {
        let list = if under.is_empty() { Some(&self.body) } else { self.body.get(under) };
        list.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Api<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Result<Api<'a>, CallError> {
        Ok(Api { host, settings: Settings::read(host)? })
    }

    /// The host.
    pub(crate) fn host(&self) -> &'a dyn Host {
        self.host
    }

    /// The URL of an API path.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.api)
    }

    /// The URL of a page of a list: the first page, or the one that an earlier response named.
    fn page(&self, path: &str, cursor: Option<&str>) -> Result<String, CallError> {
        match cursor {
            None => Ok(self.url(path)),
            Some(cursor) if cursor.starts_with(&format!("{}/", self.settings.api)) => Ok(cursor.to_owned()),
            Some(_) => Err(CallError::InvalidInput("invalid cursor for this list".to_owned())),
        }
    }

    fn request(method: Method, url: String, body: Option<&Value>, credential: Credential) -> Request {
        let mut headers = vec![
            ("accept".to_owned(), "application/vnd.github+json".to_owned()),
            ("x-github-api-version".to_owned(), VERSION.to_owned()),
        ];
        let body = body.map(|it| it.to_string().into_bytes()).unwrap_or_default();
        if !body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Request { method, url, headers, body, auth: Some((Scheme::Bearer, credential)), fill: Vec::new() }
    }

    /// The name under which the host keeps the installation's token.
    fn token_name(&self) -> String {
        format!("installation-{}", self.settings.account)
    }

    /// Requests a new token of the installation, which the host captures and keeps.
    fn mint(&self) -> Result<Credential, CallError> {
        let account = &self.settings.account;
        if account.is_empty() || !account.bytes().all(|it| it.is_ascii_digit()) {
            return Err(CallError::InvalidInput(format!("invalid installation id `{account}`")));
        }
        let url = self.url(&format!("/app/installations/{account}/access_tokens"));
        let request = Self::request(Method::Post, url, Some(&serde_json::json!({})), self.host.auth());
        let (token, response) =
            self.host.exchange(request, "/token", Some("/expires_at")).map_err(http_error)?;
        let answer = read(response)?;
        match token {
            Some(token) => {
                self.host.keep_credential(&self.token_name(), token);
                Ok(token)
            }
            None => Err(refusal(&answer, "a token for the installation")),
        }
    }

    /// The installation's token: the stored one, or a new one.
    pub(crate) fn token(&self) -> Result<Credential, CallError> {
        match self.host.credential(&self.token_name()) {
            Some(token) => Ok(token),
            None => self.mint(),
        }
    }

    fn ask(&self, who: As, method: Method, url: &str, body: Option<&Value>) -> Result<Answer, CallError> {
        let credential = match who {
            As::App => self.host.auth(),
            As::Installation => self.token()?,
        };
        let request = Self::request(method, url.to_owned(), body, credential);
        let answer = read(self.host.send(request).map_err(http_error)?)?;
        // A stored token may have been revoked: the installation was suspended and reinstated, or a key was rotated.
        if answer.status == 401 && who == As::Installation {
            let request = Self::request(method, url.to_owned(), body, self.mint()?);
            return read(self.host.send(request).map_err(http_error)?);
        }
        Ok(answer)
    }

    /// Reads as the App.
    pub(crate) fn app(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.ask(As::App, Method::Get, &self.page(path, cursor)?, None)
    }

    /// Writes as the App, with credentials that the host puts into the body.
    pub(crate) fn app_write(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: Vec<(String, Credential)>,
    ) -> Result<Answer, CallError> {
        let mut request = Self::request(method, self.url(path), Some(body), self.host.auth());
        request.fill = fill;
        read(self.host.send(request).map_err(http_error)?)
    }

    /// Reads as the installation.
    pub(crate) fn get(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.ask(As::Installation, Method::Get, &self.page(path, cursor)?, None)
    }

    /// Reads all pages of a list as the installation.
    pub(crate) fn every(&self, path: &str, what: &str) -> Result<Vec<Value>, CallError> {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let answer = good(self.get(path, cursor.as_deref())?, what)?;
            all.extend_from_slice(answer.list(""));
            cursor = answer.next();
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// Writes as the installation.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.ask(As::Installation, method, &self.url(path), Some(body))
    }

    /// The request for an archive.
    pub(crate) fn archive(&self, path: &str) -> Result<Request, CallError> {
        Ok(Self::request(Method::Get, self.url(path), None, self.token()?))
    }
}

pub(crate) fn http_error(error: HttpError) -> CallError {
    match error {
        HttpError::Denied(what) => CallError::Denied(what),
        HttpError::Timeout => CallError::Unavailable("GitHub did not respond in time".to_owned()),
        HttpError::TooLarge(limit) => {
            CallError::Other(format!("GitHub's response has more than {limit} bytes"))
        }
        HttpError::Wait(seconds) => CallError::RateLimited(Some(seconds)),
        HttpError::Transport(why) => CallError::Unavailable(why),
    }
}

/// Parses a response. A rate limit, a server error and a body that is not JSON are errors for every request.
fn read(response: Response) -> Result<Answer, CallError> {
    let seconds = response.header("retry-after").and_then(|it| it.parse().ok());
    let spent = response.header("x-ratelimit-remaining") == Some("0");
    match response.status {
        429 => return Err(CallError::RateLimited(seconds)),
        403 if seconds.is_some() || spent => return Err(CallError::RateLimited(seconds)),
        500..=599 => {
            return Err(CallError::Unavailable(format!("GitHub returns {}", response.status)));
        }
        _ => {}
    }
    let body = match serde_json::from_slice(&response.body) {
        Ok(body) => body,
        Err(_) if response.body.is_empty() => Value::Null,
        Err(_) => {
            let status = response.status;
            return Err(CallError::Unavailable(format!("GitHub returns {status} without JSON")));
        }
    };
    Ok(Answer { status: response.status, body, response })
}

/// The error for a request that GitHub refused.
pub(crate) fn refusal(answer: &Answer, what: &str) -> CallError {
    let reason = json::text(&answer.body, "/message");
    match answer.status {
        401 => CallError::Denied(format!(
            "GitHub does not accept the App's key ({reason}): check the App ID, and rotate the private key"
        )),
        403 => CallError::Denied(format!("GitHub refuses {what} ({reason}): add the permission to the App")),
        404 => {
            CallError::Denied(format!("GitHub does not find {what}: check that the App is installed there"))
        }
        422 => CallError::InvalidInput(format!("GitHub refuses {what} as invalid ({reason})")),
        status => CallError::Other(format!("GitHub returns {status} for {what} ({reason})")),
    }
}

/// The response, if it is a success.
pub(crate) fn good(answer: Answer, what: &str) -> Result<Answer, CallError> {
    if (200..300).contains(&answer.status) { Ok(answer) } else { Err(refusal(&answer, what)) }
}

/// The response, if it is a success; none for status 404.
pub(crate) fn found(answer: Answer, what: &str) -> Result<Option<Answer>, CallError> {
    if answer.status == 404 { Ok(None) } else { good(answer, what).map(Some) }
}
