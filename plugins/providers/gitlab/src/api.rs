//! GitLab's REST API: authentication, responses and errors. <https://docs.gitlab.com/api/rest/>

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::{self, Answer};
use palisade_sdk::provider::{Credential, Host, Method, Request, Response, Scheme, json};
use serde_json::Value;

use crate::settings::Settings;

/// The title in messages.
const TITLE: &str = "GitLab";

/// The API, for one call of the host.
pub(crate) struct Api<'a> {
    host: &'a dyn Host,
    pub(crate) settings: Settings,
}

impl<'a> Api<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Result<Api<'a>, CallError> {
        Ok(Api { host, settings: Settings::read(host)? })
    }

    /// The token.
    pub(crate) fn token(&self) -> Credential {
        self.host.auth()
    }

    fn url(&self, path: &str) -> Result<String, CallError> {
        rest::url(&self.settings.api, path)
    }

    fn request(&self, method: Method, url: String) -> Request {
        // <https://docs.gitlab.com/api/rest/authentication/>
        let scheme = Scheme::Header("PRIVATE-TOKEN".to_owned());
        Request::new(method, url, "application/json", scheme, self.host.auth())
    }

    fn send(&self, request: Request) -> Result<Answer, CallError> {
        let response = self.host.send(request).map_err(|it| rest::http_error(TITLE, it))?;
        if is_sign_in(&response) {
            return Err(CallError::Denied(format!(
                "GitLab returns a sign-in page (status {}) instead of an answer of its API: check the URL, that no \
                 single sign-on is in front of the API, and that the token is valid",
                response.status
            )));
        }
        Answer::read(TITLE, response)
    }

    /// Reads: a path, or the page of a cursor.
    pub(crate) fn get(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.send(self.request(Method::Get, rest::page(&self.settings.api, path, cursor)?))
    }

    /// Reads all pages of a list.
    pub(crate) fn every(&self, path: &str, what: &str) -> Result<Vec<Value>, CallError> {
        rest::every(what, |cursor| entries(self.get(path, cursor)?, what))
    }

    /// Reads all pages of a list, or the first response if it has one of these statuses.
    pub(crate) fn every_or(
        &self,
        path: &str,
        what: &str,
        statuses: &[u16],
    ) -> Result<Result<Vec<Value>, Answer>, CallError> {
        rest::every_or(what, statuses, |cursor| self.get(path, cursor), |answer| entries(answer, what))
    }

    /// Reads all pages of a list; none if it is refused or not found, as GitLab answers for features that its plan
    /// lacks.
    pub(crate) fn every_if_any(&self, path: &str, what: &str) -> Result<Option<Vec<Value>>, CallError> {
        Ok(self.every_or(path, what, &[403, 404])?.ok())
    }

    /// Writes.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.write_filled(method, path, body, Vec::new())
    }

    /// Writes, with credentials that the host inserts into the body.
    pub(crate) fn write_filled(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: Vec<(String, Credential)>,
    ) -> Result<Answer, CallError> {
        self.send(self.request(method, self.url(path)?).with_json(body).with_credentials(fill))
    }

    /// Deletes.
    pub(crate) fn delete(&self, path: &str) -> Result<Answer, CallError> {
        self.send(self.request(Method::Delete, self.url(path)?))
    }

    /// Downloads; the status, and the bytes that the host stores.
    pub(crate) fn download(&self, path: &str) -> Result<(u16, palisade_sdk::provider::Blob), CallError> {
        let request = self.request(Method::Get, self.url(path)?);
        self.host.download(request).map_err(|it| rest::http_error(TITLE, it))
    }

    /// The user of the token.
    pub(crate) fn user(&self) -> Result<Value, CallError> {
        Ok(good(self.get("/user", None)?, "the token's user")?.body)
    }

    /// The ID of the user of the token. The account of an integration is that user, as the connection test checks.
    pub(crate) fn user_id(&self) -> Result<String, CallError> {
        if self.settings.account.is_empty() {
            return Ok(json::id(&self.user()?, "/id"));
        }
        Ok(self.settings.account.clone())
    }
}

/// The entries of a page, and the next one.
fn entries(answer: Answer, what: &str) -> Result<(Vec<Value>, Option<String>), CallError> {
    let answer = good(answer, what)?;
    Ok((answer.list("").to_vec(), answer.next()))
}

/// Whether a response is a page for people. The API itself redirects only requests for projects that were moved, with
/// JSON. <https://docs.gitlab.com/api/rest/#redirects>
fn is_sign_in(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    match response.status {
        203 => true,
        300..400 => !kind.starts_with("application/json"),
        status => status < 400 && kind.starts_with("text/html"),
    }
}

/// The path of a project.
pub(crate) fn project(repository: &str) -> String {
    format!("/projects/{}", rest::part(repository))
}

/// The path of a merge request.
///
/// # Errors
/// [`CallError::InvalidInput`] if the number is invalid.
pub(crate) fn merge_request(repository: &str, number: &str) -> Result<String, CallError> {
    Ok(format!("{}/merge_requests/{}", project(repository), rest::pull_number(number)?))
}

/// GitLab's reason: a text, or an object of lists of texts.
pub(crate) fn reason(answer: &Answer) -> String {
    let first = |name: &str| answer.body.get(name).filter(|it| !it.is_null());
    match first("message").or_else(|| first("error_description")).or_else(|| first("error")) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => format!("status {}", answer.status),
    }
}

/// The error for a request that GitLab refused.
pub(crate) fn refusal(answer: &Answer, what: &str) -> CallError {
    let why = reason(answer);
    match answer.status {
        401 => CallError::Denied(format!(
            "GitLab does not accept the token ({why}): if it expired or was revoked, create another one, and set it in \
             the integration"
        )),
        403 if json::text(&answer.body, "/error") == "insufficient_scope" => CallError::Denied(format!(
            "the token lacks the scope for {what}: create a token with the scopes `api` and `read_repository`"
        )),
        403 => CallError::Denied(format!(
            "GitLab refuses {what} ({why}): give the token's user the role Maintainer there"
        )),
        404 => CallError::Denied(format!(
            "GitLab does not find {what} ({why}): check that it exists, and that the token's user is a member"
        )),
        // Only reads are redirected; writes are 405.
        300..400 | 405 => CallError::Denied(format!(
            "GitLab has moved the project of {what} ({why}): refresh the repositories of the integration"
        )),
        400 | 409 | 422 => CallError::InvalidInput(format!("GitLab refuses {what} as invalid ({why})")),
        status => CallError::Other(format!("GitLab returns {status} for {what} ({why})")),
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
