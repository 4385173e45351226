//! Checks of every request before it is carried out: credentials, scopes, version, and the description.

use palisade_fake_host::{Raw, Refusal, Reply, basic, clock};

use crate::Inner;
use crate::access::Grant;
use crate::api::Caller;
use crate::reply::{error, sign_in, unauthorized};

/// The version of the API.
const VERSION: &str = "7.1";

/// The identity that errors name for a token of another organisation.
const UNKNOWN: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// The path as the description writes it: names in paths are case-insensitive.
pub(crate) fn normal(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let part = |(index, part): (usize, &&str)| match part.to_ascii_lowercase().as_str() {
        "pullrequests" if parts.len() > index + 2 => "pullRequests".to_owned(),
        name @ ("pullrequests" | "_apis") => name.to_owned(),
        _ => (*part).to_owned(),
    };
    parts.iter().enumerate().map(part).collect::<Vec<_>>().join("/")
}

/// The error in the version that a request names (learn.microsoft.com, "REST API versioning"). `preview` is set for an
/// operation that exists only as a preview.
fn wrong_version(given: Option<&str>, preview: bool) -> Option<String> {
    let given = given?;
    let (number, suffix) = given.split_once('-').map_or((given, None), |(number, rest)| (number, Some(rest)));
    let known = suffix.is_none_or(|rest| {
        rest.strip_prefix("preview").is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('.').is_some_and(|it| it.parse::<u8>().is_ok())
        })
    });
    if number != VERSION || !known {
        return Some(format!("the version `{given}` of the API is not `{VERSION}`"));
    }
    (preview && suffix.is_none()).then(|| {
        format!("The requested version \"{given}\" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests.")
    })
}

impl Inner {
    /// Records an error of the program under test.
    fn violation(&self, raw: &Raw, status: u16, kind: &str, why: &str) -> Reply {
        self.host.ledger.violation(raw, why);
        error(status, kind, why)
    }

    fn refuse(&self, raw: &Raw, refusal: &Refusal) -> Reply {
        match refusal {
            Refusal::Operation(why) => self.violation(raw, 404, "ControllerNotFoundException", why),
            Refusal::Json => {
                self.violation(raw, 400, "VssRequestContentTypeNotSupportedException", "the body is not JSON")
            }
            Refusal::Invalid(all) => {
                self.violation(raw, 400, "VssPropertyValidationException", &all.join("; "))
            }
        }
    }

    /// Checks a request to the API, then carries it out.
    pub(crate) fn call(&self, raw: &Raw) -> Reply {
        let raw = &Raw { path: normal(&raw.path), ..raw.clone() };
        let found = match self.gate.find(&raw.method, &raw.path) {
            Ok(found) => found,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        let target = &found.route.target;
        let grant = match self.granted(raw) {
            Ok(grant) => grant,
            Err(reply) => return reply,
        };
        let organization = found.parameters.get("organization").map_or("", String::as_str);
        if !grant.organization.eq_ignore_ascii_case(organization) {
            return unauthorized(UNKNOWN);
        }
        if !grant.has(target.scopes) {
            return unauthorized(&self.state().user(&grant.user).id);
        }
        let pairs = raw.pairs();
        let version = pairs.iter().find(|(name, _)| name == "api-version").map(|(_, value)| value.as_str());
        if let Some(why) = wrong_version(version, found.route.template.ends_with("/connectionData")) {
            return self.violation(raw, 400, "VssVersionOutOfRangeException", &why);
        }
        if let Some(why) = wrong_type(raw) {
            return self.violation(raw, 415, "VssRequestContentTypeNotSupportedException", &why);
        }
        let caller = Caller { user: grant.user, organization: grant.organization };
        match self.gate.check(raw, found, caller) {
            Ok(call) => (target.handler)(self, &call).unwrap_or_else(|refusal| refusal),
            Err(refusal) => self.refuse(raw, &refusal),
        }
    }

    /// The rights of the sender. A request without a token is an error of the program under test; an expired or unknown
    /// token is not.
    fn granted(&self, raw: &Raw) -> Result<Grant, Reply> {
        let Some((_, token)) = basic(&raw.headers) else {
            self.host.ledger.violation(raw, "the header `Authorization` must have the scheme `Basic`");
            return Err(Reply::empty(302).header("location", format!("{}/_signin", self.url)));
        };
        self.grant(&token)
    }

    /// The rights of a token.
    pub(crate) fn grant(&self, token: &str) -> Result<Grant, Reply> {
        let Some(grant) = self.state().tokens.get(token).cloned() else { return Err(sign_in()) };
        if grant.expires <= clock::seconds() {
            let why = "Access Denied: The Personal Access Token used has expired.";
            return Err(error(401, "AccessCheckException", why));
        }
        Ok(grant)
    }
}

/// The error in the type of a body: JSON, and for lists of operations JSON Patch (RFC 6902).
fn wrong_type(raw: &Raw) -> Option<String> {
    if raw.body.is_empty() {
        return None;
    }
    let patch = raw.method == "PATCH" && raw.path.ends_with("/statuses");
    let wanted = if patch { "application/json-patch+json" } else { "application/json" };
    let given = raw.header("content-type").unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    (given != wanted).then(|| format!("the type of the body is `{given}`: expected `{wanted}`"))
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn paths_have_one_form() {
        let table = [
            ("/a/p/_APIS/git/repositories/r/PullRequests/1", "/a/p/_apis/git/repositories/r/pullrequests/1"),
            ("/a/p/_apis/git/repositories/r/pullrequests", "/a/p/_apis/git/repositories/r/pullrequests"),
            (
                "/a/p/_apis/git/repositories/r/pullrequests/1/threads",
                "/a/p/_apis/git/repositories/r/pullRequests/1/threads",
            ),
        ];
        for (given, expected) in table {
            assert_eq!(normal(given), expected);
        }
    }

    #[test]
    fn versions() {
        let table = [
            (None, false, true),
            (Some("7.1"), false, true),
            (Some("7.1-preview"), false, true),
            (Some("7.1-preview.1"), true, true),
            (Some("7.1"), true, false),
            (Some("7.0"), false, false),
            (Some("7.1-x"), false, false),
        ];
        for (given, preview, fine) in table {
            assert_eq!(wrong_version(given, preview).is_none(), fine, "{given:?} {preview}");
        }
    }
}
