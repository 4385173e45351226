//! Checks of every request before it is carried out.

use palisade_fake_host::{Raw, Refusal, Reply, clock};
use serde_json::json;

use crate::Inner;
use crate::api::{Call, Caller, Target};
use crate::reply::{absent, error, forbidden, message};
use crate::state::{REPORTER, State};

impl Inner {
    /// Refuses a request and records the reason.
    fn violation(&self, raw: &Raw, why: &str, reply: Reply) -> Reply {
        self.host.ledger.violation(raw, why);
        reply
    }

    fn refuse(&self, raw: &Raw, refusal: &Refusal) -> Reply {
        match refusal {
            Refusal::Operation(why) => self.violation(raw, why, error(404, "404 Not Found")),
            Refusal::Json => {
                let why = "The request body is not valid JSON";
                self.violation(raw, why, error(400, why))
            }
            Refusal::Invalid(all) => {
                let why = all.join(", ");
                self.violation(raw, &why, error(400, &why))
            }
        }
    }

    /// Checks a request to the API, then carries it out.
    pub(crate) fn call(&self, raw: &Raw) -> Reply {
        if raw.query.contains("private_token=") || raw.query.contains("access_token=") {
            return self.violation(raw, "the query contains a token", message(401, "401 Unauthorized"));
        }
        let found = match self.gate.find(&raw.method, &raw.path) {
            Ok(found) => found,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        let Some(given) = given(raw) else {
            let why = "the header `PRIVATE-TOKEN` is missing";
            return self.violation(raw, why, message(401, "401 Unauthorized"));
        };
        let target = found.route.target;
        let place = Kind::of(found.route.template);
        let caller = match self.caller(given, &target) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        let mut call = match self.gate.check(raw, found, caller) {
            Ok(call) => call,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        let placed = place.admit(&self.state(), &mut call, raw.method != "GET", target.level);
        match placed.and_then(|()| (target.handler)(self, &call)) {
            Ok(reply) | Err(reply) => reply,
        }
    }

    /// The sender of a request, whose token needs one of the scopes of the operation.
    fn caller(&self, value: &str, target: &Target) -> Result<Caller, Reply> {
        let state = self.state();
        let token = valid(&state, value)?;
        if !target.scopes.is_empty()
            && !target.scopes.iter().any(|one| token.scopes.iter().any(|it| it == one))
        {
            let body = json!({
                "error": "insufficient_scope",
                "error_description": "The request requires higher privileges than provided by the access token.",
                "scope": target.scopes.join(" "),
            });
            return Err(Reply::json(403, &body));
        }
        Ok(Caller { user: token.user, token: token.id, project: 0, group: 0 })
    }

    /// The user of a token that Git sends as a password, if it may read repositories.
    pub(crate) fn reader(&self, value: &str) -> Option<u64> {
        let state = self.state();
        let token = valid(&state, value).ok()?;
        let reads =
            |one: &String| ["api", "read_api", "read_repository", "write_repository"].contains(&one.as_str());
        token.scopes.iter().any(reads).then_some(token.user)
    }
}

/// The token of a request: in one of two headers (docs.gitlab.com, "REST API authentication", section "Personal,
/// project, and group access tokens").
fn given(raw: &Raw) -> Option<&str> {
    raw.header("private-token").or_else(|| raw.header("authorization")?.strip_prefix("Bearer "))
}

/// A token that is neither expired nor revoked.
fn valid<'a>(state: &'a State, value: &str) -> Result<&'a crate::Token, Reply> {
    let refused =
        |why: &str| Reply::json(401, &json!({ "error": "invalid_token", "error_description": why }));
    let token = state.tokens.get(value).ok_or_else(|| message(401, "401 Unauthorized"))?;
    if token.revoked {
        return Err(refused("Token was revoked. You have to re-authorize from the user."));
    }
    if token.expires <= clock::seconds() {
        return Err(refused("Token is expired. You can either do re-authorization or token refresh."));
    }
    Ok(token)
}

/// The object that a path begins with.
#[derive(Clone, Copy)]
enum Kind {
    Project,
    Group,
    None,
}

impl Kind {
    fn of(template: &str) -> Self {
        match template {
            _ if template.starts_with("/api/v4/projects/{id}") => Self::Project,
            _ if template.starts_with("/api/v4/groups/{id}") => Self::Group,
            _ => Self::None,
        }
    }

    /// Finds the object, and checks the role of the caller in it. What a user may not see does not exist for them.
    fn admit(self, state: &State, call: &mut Call, writes: bool, level: u8) -> Result<(), Reply> {
        let (name, user) = (call.parameter("id").to_owned(), call.caller.user);
        match self {
            Self::None => {}
            Self::Project => {
                let found = state.project(&name).ok_or_else(|| absent("Project"))?;
                let role = state.role(user, found);
                if found.private && role == 0 {
                    return Err(absent("Project"));
                }
                if role < level && (found.private || level > REPORTER) {
                    return Err(forbidden());
                }
                if found.archived && writes && !call.path.contains("/hooks") {
                    return Err(forbidden());
                }
                call.caller.project = found.id;
            }
            Self::Group => {
                let found = state.group(&name).ok_or_else(|| absent("Group"))?;
                let role = found.members.get(&user).copied().unwrap_or(0);
                if role == 0 {
                    return Err(absent("Group"));
                }
                if role < level {
                    return Err(forbidden());
                }
                call.caller.group = found.id;
            }
        }
        Ok(())
    }
}
