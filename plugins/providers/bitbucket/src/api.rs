//! Bitbucket's REST API: authentication, responses and pagination.

use palisade_sdk::CallError;
use palisade_sdk::provider::rest::{self, Answer};
use palisade_sdk::provider::text::cut;
use palisade_sdk::provider::{Credential, Host, Method, Request, Response, Scheme, json};
use serde_json::Value;

use crate::settings::Settings;

/// The title of the provider in messages.
pub(crate) const TITLE: &str = "Bitbucket";

/// The maximum number of characters of a reason that is not JSON.
const REASON: usize = 300;

/// The API, for one call of the host.
pub(crate) struct Api<'a> {
    host: &'a dyn Host,
    pub(crate) settings: Settings,
}

/// The path of a repository.
pub(crate) fn repository(full_name: &str) -> String {
    format!("/repositories/{}", rest::path(full_name))
}

/// The next page of a list. Bitbucket names it in the body.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination>
pub(crate) fn next(answer: &Answer) -> Option<String> {
    Some(json::text(&answer.body, "/next")).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The entries of a page, and the next one.
pub(crate) fn entries(answer: Answer, what: &str) -> Result<(Vec<Value>, Option<String>), CallError> {
    let answer = good(answer, what)?;
    Ok((answer.list("values").to_vec(), next(&answer)))
}

impl<'a> Api<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Result<Api<'a>, CallError> {
        Ok(Api { host, settings: Settings::read(host)? })
    }

    /// The host.
    pub(crate) fn host(&self) -> &'a dyn Host {
        self.host
    }

    fn url(&self, path: &str) -> Result<String, CallError> {
        rest::url(&self.settings.api, path)
    }

    /// API tokens authenticate with the email of their account, access tokens alone.
    /// <https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication>
    fn request(&self, method: Method, url: String) -> Request {
        let email = &self.settings.email;
        let scheme = if email.is_empty() { Scheme::Bearer } else { Scheme::Basic(email.clone()) };
        Request::new(method, url, "application/json", scheme, self.host.auth())
    }

    fn exchange(&self, request: Request) -> Result<Response, CallError> {
        let response = self.host.send(request).map_err(|error| rest::http_error(TITLE, error))?;
        check_sign_in(&response, &self.settings.email)?;
        Ok(response)
    }

    fn send(&self, request: Request) -> Result<Answer, CallError> {
        Answer::read(TITLE, explained(self.exchange(request)?))
    }

    /// Reads a path, or the page of a list that a cursor names.
    pub(crate) fn get(&self, path: &str, cursor: Option<&str>) -> Result<Answer, CallError> {
        self.send(self.request(Method::Get, rest::page(&self.settings.api, path, cursor)?))
    }

    /// Reads a path whose content is not JSON; none if the host refuses its size.
    pub(crate) fn raw(&self, path: &str, what: &str) -> Result<Option<String>, CallError> {
        let mut request = self.request(Method::Get, self.url(path)?);
        request.headers.clear();
        let response = match self.exchange(request) {
            Err(CallError::Other(_)) => return Ok(None),
            other => other?,
        };
        if response.status == 200 {
            return Ok(Some(String::from_utf8_lossy(&response.body).into_owned()));
        }
        good(Answer::read(TITLE, explained(response))?, what).map(|_| None)
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

    /// Reads all pages of a list; none if it does not exist.
    pub(crate) fn every_found(&self, path: &str, what: &str) -> Result<Option<Vec<Value>>, CallError> {
        Ok(self.every_or(path, what, &[404])?.ok())
    }

    /// Writes JSON.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.write_filled(method, path, body, Vec::new())
    }

    /// Writes JSON, with credentials that the host inserts.
    pub(crate) fn write_filled(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: Vec<(String, Credential)>,
    ) -> Result<Answer, CallError> {
        self.send(self.request(method, self.url(path)?).with_json(body).with_credentials(fill))
    }

    /// Writes a body of another type.
    pub(crate) fn post(&self, path: &str, kind: &str, body: Vec<u8>) -> Result<Answer, CallError> {
        self.send(self.request(Method::Post, self.url(path)?).with_body(kind, body))
    }

    /// Deletes.
    pub(crate) fn delete(&self, path: &str) -> Result<Answer, CallError> {
        self.send(self.request(Method::Delete, self.url(path)?))
    }
}

fn is_json(response: &Response) -> bool {
    response.body.is_empty() || serde_json::from_slice::<Value>(&response.body).is_ok()
}

/// A page for people instead of an answer, or a token that is not accepted.
fn check_sign_in(response: &Response, email: &str) -> Result<(), CallError> {
    let status = response.status;
    let is_page = response.header("content-type").is_some_and(|it| it.starts_with("text/html"));
    let is_sign_in = status == 203 || (300..400).contains(&status) || (is_page && status < 500);
    if is_sign_in && !(status == 404 && is_page) {
        return Err(CallError::Denied(format!(
            "Bitbucket returns a page for people (status {status}) instead of data: the token is not accepted, or a \
             proxy requires a sign-in. Check the token, the email and the URL of the API"
        )));
    }
    if status != 401 {
        return Ok(());
    }
    let fix = if email.is_empty() {
        "create a new access token; an API token needs the email of its account"
    } else {
        "check the email, or create a new API token"
    };
    Err(CallError::Denied(format!(
        "Bitbucket does not accept the token ({}): it is invalid, expired or revoked: {fix}",
        reason(response)
    )))
}

/// The reason in a response: Bitbucket's error object, or its text.
fn reason(response: &Response) -> String {
    if let Ok(body) = serde_json::from_slice::<Value>(&response.body) {
        return json::text(&body, "/error/message").to_owned();
    }
    cut(String::from_utf8_lossy(&response.body).trim(), REASON)
}

/// A refusal with an error object: Bitbucket writes some as text.
fn explained(mut response: Response) -> Response {
    if (400..500).contains(&response.status) && !is_json(&response) {
        let text = reason(&response);
        let shown = if text.starts_with('<') { String::new() } else { text };
        response.body = serde_json::json!({ "error": { "message": shown } }).to_string().into_bytes();
    }
    response
}

/// Scopes in the detail of a refusal: the `required` or the `granted` ones.
pub(crate) fn scopes(answer: &Answer, which: &str) -> Vec<String> {
    let list = answer.body.pointer(&format!("/error/detail/{which}")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The error for a request that Bitbucket refused.
pub(crate) fn refusal(answer: &Answer, what: &str) -> CallError {
    let reason = json::text(&answer.body, "/error/message");
    match answer.status {
        403 => {
            let lacks = scopes(answer, "required");
            let fix = if lacks.is_empty() {
                "give the token's account access to it".to_owned()
            } else {
                format!("create a token with the scope `{}`", lacks.join("`, `"))
            };
            CallError::Denied(format!("Bitbucket refuses {what} ({reason}): {fix}"))
        }
        404 | 410 => CallError::Denied(format!(
            "Bitbucket does not find {what} ({reason}): check that it exists and that the token has access to it"
        )),
        400 | 409 | 422 => CallError::InvalidInput(format!("Bitbucket refuses {what} as invalid ({reason})")),
        status => CallError::Other(format!("Bitbucket returns {status} for {what} ({reason})")),
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
