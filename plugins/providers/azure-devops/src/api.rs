//! The REST API: paths, authentication, responses and lists.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{first_text, id, text};
use palisade_sdk::provider::rest::{self, Answer, http_error, invalid_cursor, part};
use palisade_sdk::provider::{Credential, Host, Method, Request, Response, Scheme};
use serde_json::Value;

use crate::settings::Settings;

/// The title of the provider.
pub(crate) const TITLE: &str = "Azure DevOps";

/// The API version whose responses this crate reads.
const VERSION: &str = "7.1";

/// The header with the cursor of the next page.
const CONTINUATION: &str = "x-ms-continuationtoken";

/// The id of the anonymous user, as which a request without a valid token may be answered.
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// The API, for one call of the host.
pub(crate) struct Api<'a> {
    host: &'a dyn Host,
    pub(crate) settings: Settings,
}

/// The user of the token.
pub(crate) struct User {
    /// The id of the identity.
    pub(crate) id: String,
    /// The name that is displayed.
    pub(crate) name: String,
}

impl User {
    /// Whether an identity in a response is this user.
    pub(crate) fn is(&self, from: &Value, pointer: &str) -> bool {
        text(from, pointer).eq_ignore_ascii_case(&self.id)
    }
}

impl<'a> Api<'a> {
    pub(crate) fn new(host: &'a dyn Host) -> Result<Api<'a>, CallError> {
        Ok(Api { host, settings: Settings::read(host)? })
    }

    /// The credential of this call.
    pub(crate) fn auth(&self) -> Credential {
        self.host.auth()
    }

    /// The URL of an API path with an optional query.
    fn url(&self, path: &str) -> Result<String, CallError> {
        let version = if path.contains("api-version=") {
            String::new()
        } else {
            format!("{}api-version={VERSION}", if path.contains('?') { '&' } else { '?' })
        };
        rest::url(&self.settings.base, &format!("{path}{version}"))
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        fill: Vec<(String, Credential)>,
    ) -> Result<Answer, CallError> {
        // A personal access token is the password of an empty user name.
        // <https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate>
        let scheme = Scheme::Basic(String::new());
        let request = Request::new(method, self.url(path)?, "application/json", scheme, self.host.auth())
            // Without it, the sign-in page may replace the error.
            .with_header("x-tfs-fedauthredirect", "Suppress")
            .with_credentials(fill);
        let request = match body {
            Some(body) => request.with_json(body),
            None => request,
        };
        self.read(self.host.send(request).map_err(|error| http_error(TITLE, error))?)
    }

    /// Parses a response. Instead of an error there may be a page of HTML: the sign-in with status 203 or behind a
    /// redirection, and the page of an organization that does not exist.
    fn read(&self, mut response: Response) -> Result<Answer, CallError> {
        let is_html = response.header("content-type").is_some_and(|it| it.contains("html"));
        let is_sign_in = response.status == 203 || (300..400).contains(&response.status);
        match response.status {
            404 if is_html => {
                return Err(CallError::Denied(format!(
                    "{TITLE} does not find the organization `{}`: check its name and the URL",
                    self.settings.organization
                )));
            }
            // The body of a refusal may be HTML or empty; its status is sufficient.
            401 | 403 if is_html => response.body.clear(),
            0..=499 if is_html || is_sign_in => {
                return Err(CallError::Denied(format!(
                    "{TITLE} returns its sign-in page instead of data: the token is invalid, expired or revoked, or \
                     it is not a token of the organization `{}`; {}",
                    self.settings.organization,
                    self.fix()
                )));
            }
            _ => {}
        }
        Answer::read(TITLE, response)
    }

    /// How to get a valid token.
    pub(crate) fn fix(&self) -> String {
        format!(
            "create a token for the organization `{}` (tokens for all accessible organizations stopped on 1 December \
             2026)",
            self.settings.organization
        )
    }

    /// Reads.
    pub(crate) fn get(&self, path: &str) -> Result<Answer, CallError> {
        self.send(Method::Get, path, None, Vec::new())
    }

    /// Writes.
    pub(crate) fn write(&self, method: Method, path: &str, body: &Value) -> Result<Answer, CallError> {
        self.send(method, path, Some(body), Vec::new())
    }

    /// Writes a body into which the host inserts credentials.
    pub(crate) fn write_filled(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        fill: Vec<(String, Credential)>,
    ) -> Result<Answer, CallError> {
        self.send(method, path, Some(body), fill)
    }

    /// Deletes.
    pub(crate) fn delete(&self, path: &str) -> Result<Answer, CallError> {
        self.send(Method::Delete, path, None, Vec::new())
    }

    /// A page of a list with continuation tokens. `path` has a query.
    pub(crate) fn page(
        &self,
        path: &str,
        cursor: Option<&str>,
    ) -> Result<(Answer, Option<String>), CallError> {
        let more = cursor.map(|it| format!("&continuationToken={}", part(it))).unwrap_or_default();
        let answer = self.get(&format!("{path}{more}"))?;
        let next = answer.header(CONTINUATION).filter(|it| !it.is_empty()).map(str::to_owned);
        Ok((answer, next))
    }

    /// All entries of a list with continuation tokens. `path` has a query.
    pub(crate) fn every(&self, path: &str, what: &str) -> Result<Vec<Value>, CallError> {
        rest::every(what, |cursor| {
            let (answer, next) = self.page(path, cursor)?;
            let answer = answer.good(|it| self.refusal(it, what))?;
            Ok((answer.list("value").to_vec(), next))
        })
    }

    /// The error for a request that was refused.
    pub(crate) fn refusal(&self, answer: &Answer, what: &str) -> CallError {
        let reason = match text(&answer.body, "/message") {
            "" => String::new(),
            message => format!(" ({message})"),
        };
        match answer.status {
            401 => CallError::Denied(format!(
                "{TITLE} does not accept the token for {what}{reason}: check that it has the scope, and has not \
                 expired, or {}",
                self.fix()
            )),
            403 => CallError::Denied(format!(
                "{TITLE} refuses {what}{reason}: add the permission to the account of the token"
            )),
            404 => CallError::Denied(format!(
                "{TITLE} does not find {what}{reason}: check the name, and that the account of the token has access"
            )),
            400 | 409 => CallError::InvalidInput(format!("{TITLE} refuses {what} as invalid{reason}")),
            status => CallError::Other(format!("{TITLE} returns {status} for {what}{reason}")),
        }
    }

    /// The response, if it is a success.
    pub(crate) fn good(&self, answer: Answer, what: &str) -> Result<Answer, CallError> {
        answer.good(|it| self.refusal(it, what))
    }

    /// The response, if it is a success; none for status 404.
    pub(crate) fn found(&self, answer: Answer, what: &str) -> Result<Option<Answer>, CallError> {
        answer.found(|it| self.refusal(it, what))
    }

    /// The user of the token. The operation has no stable version.
    pub(crate) fn user(&self) -> Result<User, CallError> {
        let answer = self.get("/_apis/connectionData?api-version=7.1-preview")?;
        let answer = self.good(answer, "the user of the token")?;
        let user = User {
            id: id(&answer.body, "/authenticatedUser/id"),
            name: text(&answer.body, "/authenticatedUser/providerDisplayName").to_owned(),
        };
        if user.id.is_empty() || user.id == ANONYMOUS {
            return Err(CallError::Denied(format!(
                "{TITLE} does not recognize the token: it is invalid, expired or revoked; {}",
                self.fix()
            )));
        }
        Ok(user)
    }
}

/// The project and the name of a repository: neither contains a slash.
/// <https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions>
pub(crate) fn split(full_name: &str) -> Result<(&str, &str), CallError> {
    match full_name.split_once('/') {
        Some((project, name)) if !project.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok((project, name))
        }
        _ => {
            Err(CallError::InvalidInput(format!("invalid repository `{full_name}`: expected `PROJECT/NAME`")))
        }
    }
}

/// The API path of a repository.
pub(crate) fn git(full_name: &str) -> Result<String, CallError> {
    let (project, name) = split(full_name)?;
    Ok(format!("/{}/_apis/git/repositories/{}", part(project), part(name)))
}

/// The URL of a repository, which is both its page and what Git fetches from.
pub(crate) fn web(api: &Api<'_>, full_name: &str) -> Result<String, CallError> {
    let (project, name) = split(full_name)?;
    rest::url(&api.settings.base, &format!("/{}/_git/{}", part(project), part(name)))
}

/// The full name of a repository in a response; empty if a part is missing.
pub(crate) fn full_name(repository: &Value) -> String {
    match (text(repository, "/project/name"), text(repository, "/name")) {
        ("", _) | (_, "") => String::new(),
        (project, name) => format!("{project}/{name}"),
    }
}

/// The name of a branch, without the prefix of its reference.
pub(crate) fn branch_name(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

/// A number of entries to skip, as a cursor of a list.
pub(crate) fn skip(cursor: Option<&str>) -> Result<usize, CallError> {
    let Some(cursor) = cursor else { return Ok(0) };
    cursor.parse().map_err(|_| invalid_cursor())
}

/// How a user is named in messages.
pub(crate) fn user_name<'a>(from: &'a Value, pointer: &str) -> &'a str {
    first_text(from.pointer(pointer).unwrap_or(&Value::Null), &["/uniqueName", "/displayName"])
}
