//! Checks of every request before it is carried out.

use serde_json::Value;

use crate::api::{self, Access, Call, Caller};
use crate::reply::Reply;
use crate::{Inner, clock};

/// A request as it was received.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) method: String,
    /// The path below `/api/v3`, still percent-encoded.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: bytes::Bytes,
}

impl Raw {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The version of the API that the description covers.
const VERSION: &str = "2022-11-28";

impl Inner {
    /// Refuses a request and records the reason.
    fn violation(&self, raw: &Raw, status: u16, why: &str) -> Reply {
        self.state().violation(format!("{} {}: {why}", raw.method, raw.path));
        Reply::message(status, why)
    }

    /// Checks a request, then carries it out.
    pub(crate) fn answer(&self, raw: &Raw) -> Reply {
        if let Some(why) = wrong_header(raw) {
            return self.violation(raw, 400, &why);
        }
        let operation = self.specification.as_ref().map(|spec| spec.find(&raw.method, &raw.path));
        let Some((route, parameters)) = api::find(&raw.method, &raw.path) else {
            let why = match operation {
                Some(Some(_)) => "the fake does not carry this operation out",
                _ => "unknown operation",
            };
            return self.violation(raw, 404, why);
        };
        let caller = match self.caller(raw, route.access) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(raw.query.as_bytes()).into_owned().collect();
        let body = if raw.body.is_empty() { Ok(None) } else { serde_json::from_slice(&raw.body).map(Some) };
        let Ok(body) = body else { return self.violation(raw, 400, "Problems parsing JSON") };
        let body: Option<Value> = body;
        if let (Some(specification), Some(Some(operation))) = (&self.specification, &operation) {
            let mut wrong = specification.parameters(operation, &query);
            wrong.extend(specification.body(operation, body.as_ref()));
            if !wrong.is_empty() {
                return self.violation(raw, 422, &format!("Invalid request. {}", wrong.join("; ")));
            }
        }
        let body = body.unwrap_or(Value::Null);
        let call = Call { path: raw.path.clone(), parameters, query, body, caller };
        if !self.reaches(&call) {
            return Reply::not_found();
        }
        (route.handler)(self, &call)
    }

    /// Whether the caller may see the requested repository.
    fn reaches(&self, call: &Call) -> bool {
        let Caller::Installation(id, only) = &call.caller else { return true };
        if !call.parameters.contains_key("owner") {
            return true;
        }
        let state = self.state();
        let found = state.repository(&call.repository());
        found.is_some_and(|one| one.installation == *id && (only.is_empty() || only.contains(&one.full_name)))
    }

    /// The sender of a request. The wrong kind of credentials is an error of the program under test; expired ones are
    /// not.
    fn caller(&self, raw: &Raw, access: Access) -> Result<Caller, Reply> {
        if access == Access::Open {
            return Ok(Caller::Anyone);
        }
        let Some(given) = raw.header("authorization") else {
            return Err(self.violation(raw, 401, "Requires authentication"));
        };
        let (scheme, credentials) = given.split_once(' ').unwrap_or(("", given));
        if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
            return Err(self.violation(
                raw,
                401,
                "the scheme of `Authorization` must be `Bearer` or `token`",
            ));
        }
        let assertion = credentials.starts_with("eyJ");
        match access {
            Access::App if !assertion => {
                Err(self.violation(raw, 401, "A JSON web token could not be decoded"))
            }
            Access::App => match self.app.verify(credentials) {
                Ok(()) => Ok(Caller::App),
                Err(why) => Err(Reply::message(401, &why)),
            },
            _ if assertion => {
                Err(self.violation(raw, 401, "an assertion of the App is given where a token is asked for"))
            }
            _ => self.bearer(credentials),
        }
    }

    /// The caller that a token belongs to: its installation and repositories.
    pub(crate) fn bearer(&self, credentials: &str) -> Result<Caller, Reply> {
        let state = self.state();
        let token = state.tokens.get(credentials).filter(|token| token.expires > clock::seconds());
        let token = token.ok_or_else(|| Reply::message(401, "Bad credentials"))?;
        let installation = state.installations.get(&token.installation);
        match installation {
            None => Err(Reply::message(401, "Bad credentials")),
            Some(one) if one.suspended_at.is_some() => {
                Err(Reply::message(403, "This installation has been suspended"))
            }
            Some(one) => Ok(Caller::Installation(one.id, token.repositories.clone())),
        }
    }
}

/// The error in the headers that GitHub requires of every client (docs.github.com, "Getting started with the REST API",
/// section "Headers").
fn wrong_header(raw: &Raw) -> Option<String> {
    if raw.header("user-agent").is_none_or(str::is_empty) {
        return Some("the header `User-Agent` is missing".to_owned());
    }
    if raw.header("accept") != Some("application/vnd.github+json") {
        return Some("the header `Accept` must be `application/vnd.github+json`".to_owned());
    }
    match raw.header("x-github-api-version") {
        Some(VERSION) => None,
        Some(other) => Some(format!("the header `X-GitHub-Api-Version` names an unknown version: {other}")),
        None => Some("the header `X-GitHub-Api-Version` is missing".to_owned()),
    }
}
