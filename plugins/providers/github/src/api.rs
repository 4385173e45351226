//! GitHub's REST API: authentication, responses and pagination.

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::{self, Answer};
use palisade_sdk::provider::{Credential, Host, HttpError, Method, Request, Response, Scheme, json};
use serde_json::Value;

use crate::settings::Settings;

/// The API version whose responses this module reads.
const VERSION: &str = "2022-11-28";

/// The title of the provider in messages.
const TITLE: &str = "GitHub";

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

impl<'a> Api<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Result<Api<'a>, CallError> {
        Ok(Api { host, settings: Settings::read(host)? })
    }

    /// The host.
    pub(crate) fn host(&self) -> &'a dyn Host {
        self.host
    }

    /// The URL of an API path.
    fn url(&self, path: &str) -> Result<String, CallError> {
        rest::url(&self.settings.api, path)
    }

    fn request(method: Method, url: String, body: Option<&Value>, credential: Credential) -> Request {
        let request = Request::new(method, url, "application/vnd.github+json", Scheme::Bearer, credential)
            .with_header("x-github-api-version", VERSION);
        match body {
            Some(body) => request.with_json(body),
            None => request,
        }
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
        let url = self.url(&format!("/app/installations/{account}/access_tokens"))?;
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

    /// Sends a request, with credentials that the host puts into the body.
    fn ask(
        &self,
        who: As,
        method: Method,
        url: &str,
        body: Option<&Value>,
        fill: &[(String, Credential)],
    ) -> Result<Answer, CallError> {
        let send = |credential| {
            let request = Self::request(method, url.to_owned(), body, credential);
            read(self.host.send(request.with_credentials(fill.to_vec())).map_err(http_error)?)
        };
        let answer = send(match who {
            As::App => self.host.auth(),
            As::Installation => self.token()?,
        })?;
        // A stored token may have been revoked: the installation was suspended and reinstated, or a key was rotated.
        if answer.status == 401 && who == As::Installation {
            return send(self.mint()?);
        }
        Ok(answer)
    }

    /// Reads as the App.
    pub(crate) fn app(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.ask(As::App, Method::Get, &rest::page(&self.settings.api, path, cursor)?, None, &[])
    }

    /// Writes as the App, with credentials that the host puts into the body.
    pub(crate) fn app_write(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: &[(String, Credential)],
    ) -> Result<Answer, CallError> {
        self.ask(As::App, method, &self.url(path)?, Some(body), fill)
    }

    /// Reads as the installation.
    pub(crate) fn get(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.ask(As::Installation, Method::Get, &rest::page(&self.settings.api, path, cursor)?, None, &[])
    }

    /// Reads all pages of a list as the installation.
    pub(crate) fn every(&self, path: &str, what: &str) -> Result<Vec<Value>, CallError> {
        rest::every(what, |cursor| entries(self.get(path, cursor)?, what))
    }

    /// Reads all pages of a list as the installation; none if it does not exist.
    pub(crate) fn every_found(&self, path: &str, what: &str) -> Result<Option<Vec<Value>>, CallError> {
        let all =
            rest::every_or(what, &[404], |cursor| self.get(path, cursor), |answer| entries(answer, what))?;
        Ok(all.ok())
    }

    /// Writes as the installation.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.write_filled(method, path, body, &[])
    }

    /// The same, with credentials that the host puts into the body.
    pub(crate) fn write_filled(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: &[(String, Credential)],
    ) -> Result<Answer, CallError> {
        self.ask(As::Installation, method, &self.url(path)?, Some(body), fill)
    }

    /// Deletes as the installation.
    pub(crate) fn delete(&self, path: &str) -> Result<Answer, CallError> {
        self.ask(As::Installation, Method::Delete, &self.url(path)?, None, &[])
    }

    /// The request for an archive.
    pub(crate) fn archive(&self, path: &str) -> Result<Request, CallError> {
        Ok(Self::request(Method::Get, self.url(path)?, None, self.token()?))
    }
}

/// The entries of a page, and the next one.
fn entries(answer: Answer, what: &str) -> Result<(Vec<Value>, Option<String>), CallError> {
    let answer = good(answer, what)?;
    Ok((answer.list("").to_vec(), answer.next()))
}

pub(crate) fn http_error(error: HttpError) -> CallError {
    rest::http_error(TITLE, error)
}

fn read(response: Response) -> Result<Answer, CallError> {
    Answer::read(TITLE, response)
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
    answer.good(|it| refusal(it, what))
}

/// The response, if it is a success; none for status 404.
pub(crate) fn found(answer: Answer, what: &str) -> Result<Option<Answer>, CallError> {
    answer.found(|it| refusal(it, what))
}
