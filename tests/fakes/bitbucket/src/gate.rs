//! Checks of every request before it is carried out.

use palisade_fake_host::{Raw, Refusal, Reply};

use crate::Inner;
use crate::access::{Caller, Denial, Form, Purpose};
use crate::api::{Call, Target, fields, forms};
use crate::lacking::{DIFFERENCES, EVERYWHERE, LISTS};
use crate::reply::{error, lacks_scope, no_repository, not_found};

impl Inner {
    /// Refuses a request and records the reason: an error of the program under test.
    pub(crate) fn violation(&self, raw: &Raw, status: u16, why: &str) -> Reply {
        self.host.ledger.violation(raw, why);
        error(status, why)
    }

    fn refuse(&self, raw: &Raw, refusal: &Refusal) -> Reply {
        match refusal {
            Refusal::Operation(why) => self.violation(raw, 404, why),
            Refusal::Json => self.violation(raw, 400, "the body is not JSON"),
            Refusal::Invalid(all) => self.violation(raw, 400, &format!("Bad request: {}", all.join("; "))),
        }
    }

    /// Checks a request to the API, whose path begins below `/2.0`, then carries it out.
    pub(crate) fn call(&self, raw: &Raw) -> Reply {
        let found = match self.gate.find(&raw.method, &raw.path) {
            Ok(found) => found,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        let target = &found.route.target;
        let caller = match self.caller(&raw.headers, Purpose::Rest) {
            Ok(caller) => caller,
            Err(denial) => return self.denied(raw, denial),
        };
        // Parameters that the description lacks.
        let is_difference = found.route.template.contains("/diff");
        let own = |name: &str| {
            EVERYWHERE.contains(&name)
                || (target.is_list && LISTS.contains(&name))
                || (is_difference && DIFFERENCES.contains(&name))
        };
        let checked = match checked(raw, target, own) {
            Ok(checked) => checked,
            Err(why) => return self.violation(raw, 400, &why),
        };
        let mut call = match self.gate.check(&checked, found, caller) {
            Ok(call) => call,
            Err(refusal) => return self.refuse(raw, &refusal),
        };
        call.query = raw.pairs();
        if target.is_form {
            call.body = match forms::read(raw) {
                Ok(form) => form,
                Err(why) => return self.violation(raw, 400, &why),
            };
        }
        let reply = self.carry_out(raw, target, &mut call);
        Self::complete_reply(&call.caller, target, reply)
    }

    /// Checks scopes and permissions of the caller, then carries the request out.
    fn carry_out(&self, raw: &Raw, target: &Target, call: &mut Call) -> Reply {
        if let Some((required, granted)) = call.caller.lacks(target.scopes) {
            return lacks_scope(&required, &granted);
        }
        if let Some(refusal) = self.unreachable(call, target) {
            return refusal;
        }
        match (target.handler)(self, call) {
            Ok(reply) => match call.query("fields") {
                Some(wanted) if reply.status < 300 => fields::narrow(reply, wanted),
                _ => reply,
            },
            Err(refusal) => {
                if refusal.is_violation {
                    self.host.ledger.violation(raw, &refusal.why);
                }
                refusal.reply
            }
        }
    }

    fn denied(&self, raw: &Raw, denial: Denial) -> Reply {
        match denial {
            Denial::Missing => self.violation(raw, 401, "the header `Authorization` is missing"),
            Denial::Scheme => {
                self.violation(raw, 401, "the scheme of `Authorization` must be `Basic` or `Bearer`")
            }
            Denial::Invalid => error(401, "Token is invalid, expired, or not supported for this endpoint."),
        }
    }

    /// The refusal if the caller must not use the requested repository or workspace. Otherwise the parameters of the
    /// call have the names of both, whatever the request used.
    fn unreachable(&self, call: &mut Call, target: &Target) -> Option<Reply> {
        let state = self.state();
        let (workspace, slug) = (call.parameter("workspace"), call.parameter("repo_slug"));
        if workspace.is_empty() {
            return None;
        }
        let names = if slug.is_empty() {
            let Some(workspace) = state.workspace(workspace) else {
                return Some(error(404, &format!("No workspace with identifier '{workspace}'.")));
            };
            let role = state.role_in(&call.caller.nickname, &workspace.slug);
            if target.role.is_some_and(|needed| role < Some(needed)) {
                return Some(if role.is_none() { not_found("Workspace") } else { forbidden() });
            }
            (workspace.slug.clone(), None)
        } else {
            let Some(one) = state.find(workspace, slug) else { return Some(no_repository()) };
            let Some(role) = state.role(&call.caller.nickname, &one.full_name) else {
                return Some(no_repository());
            };
            if target.role.is_some_and(|needed| role < needed) {
                return Some(forbidden());
            }
            (one.workspace().to_owned(), Some(one.slug().to_owned()))
        };
        call.parameters.insert("workspace".to_owned(), names.0);
        if let Some(slug) = names.1 {
            call.parameters.insert("repo_slug".to_owned(), slug);
        }
        None
    }

    /// Adds the headers that name scopes, as in recorded responses, and those of the rate limit, which only access tokens
    /// get (support.atlassian.com, "API request limits").
    fn complete_reply(caller: &Caller, target: &Target, reply: Reply) -> Reply {
        let accepted: Vec<&str> = caller.named(target.scopes).into_iter().collect();
        let reply = reply
            .header("x-oauth-scopes", caller.scopes().join(", "))
            .header("x-accepted-oauth-scopes", accepted.join(", "));
        if caller.form == Form::Api {
            return reply;
        }
        reply
            .header("x-ratelimit-limit", "1000")
            .header("x-ratelimit-resource", "api")
            .header("x-ratelimit-nearlimit", "false")
    }
}

fn forbidden() -> Reply {
    error(403, "Your credentials do not have the privileges that this operation requires.")
}

/// The request as it is compared with the description: without the fake's own parameters, which are checked here, and
/// without a form, which the handler reads.
fn checked(raw: &Raw, target: &Target, own: impl Fn(&str) -> bool) -> Result<Raw, String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in raw.pairs() {
        if !own(&name) {
            query.append_pair(&name, &value);
        } else if value.is_empty() {
            return Err(format!("the query parameter `{name}` is empty"));
        } else if name == "pagelen" && !value.parse::<u32>().is_ok_and(|size| size > 0) {
            return Err("the query parameter `pagelen` is not a positive number".to_owned());
        }
    }
    let mut checked = Raw { query: query.finish(), ..raw.clone() };
    if target.is_form {
        checked.body.clear();
        return Ok(checked);
    }
    let json = raw.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !raw.body.is_empty() && !json {
        return Err("the header `Content-Type` must be `application/json`".to_owned());
    }
    Ok(checked)
}
