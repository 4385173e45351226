//! Checks of every request before it is carried out.

use palisade_fake_host::{Raw, Refusal, Reply, clock};

use crate::Inner;
use crate::api::{Access, Call, Caller, full_name};
use crate::reply::{message, not_found};

/// The version of the API that the description covers.
const VERSION: &str = "2022-11-28";

impl Inner {
    /// Refuses a request and records the reason.
    fn violation(&self, raw: &Raw, status: u16, why: &str) -> Reply {
        self.host.ledger.violation(raw, why);
        message(status, why)
    }

    fn refuse(&self, raw: &Raw, refusal: &Refusal) -> Reply {
        match refusal {
            Refusal::Operation(why) => self.violation(raw, 404, why),
            Refusal::Json => self.violation(raw, 400, "Problems parsing JSON"),
            Refusal::Invalid(all) => {
                self.violation(raw, 422, &format!("Invalid request. {}", all.join("; ")))
            }
        }
    }

    /// Checks a request to the API, whose path begins below `/api/v3`, then carries it out.
    pub(crate) fn call(&self, raw: &Raw) -> Reply {
        if let Some(why) = wrong_header(raw) {
            return self.violation(raw, 400, &why);
        }
        let found = match self.gate.find(&raw.method, &raw.path) {
            Ok(found) => found,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        let target = &found.route.target;
        let caller = match self.caller(raw, target.access) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        match self.gate.check(raw, found, caller) {
            Ok(call) if self.reaches(&call) => match self.read_only(raw, &call) {
                Some(refusal) => refusal,
                None => (target.handler)(self, &call),
            },
            Ok(_) => not_found(),
            Err(refusal) => self.refuse(raw, &refusal),
        }
    }

    /// Whether the caller may see the requested repository.
    fn reaches(&self, call: &Call) -> bool {
        let Caller::Installation(id, only) = &call.caller else { return true };
        if !call.parameters.contains_key("owner") {
            return true;
        }
        let state = self.state();
        let found = state.repository(&full_name(call));
        found.is_some_and(|one| one.installation == *id && (only.is_empty() || only.contains(&one.full_name)))
    }

    /// The refusal of a write to an archived repository (docs.github.com, "Archiving repositories": it is read-only).
    fn read_only(&self, raw: &Raw, call: &Call) -> Option<Reply> {
        let archived = self.state().repository(&full_name(call)).is_some_and(|one| one.archived);
        (archived && raw.method != "GET").then(|| message(403, "Repository was archived so is read-only."))
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
                Err(why) => Err(message(401, &why)),
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
        let token = token.ok_or_else(|| message(401, "Bad credentials"))?;
        let installation = state.installations.get(&token.installation);
        match installation {
            None => Err(message(401, "Bad credentials")),
            Some(one) if one.suspended_at.is_some() => {
                Err(message(403, "This installation has been suspended"))
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
