//! Branch restrictions. No kind names a status: `require_passing_builds_to_merge` has a number of passing builds, of
//! any key (developer.atlassian.com, "Branch restrictions").

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::page::{USUAL, page};
use super::{Call, repository};
use crate::Inner;
use crate::reply::{Answer, Refused, invalid, not_found};
use crate::state::{Repository, Restriction};

/// A restriction as the API returns it.
fn shown(fake: &Inner, one: &Repository, restriction: &Restriction) -> Value {
    let id = restriction.id;
    let address = format!("{}/repositories/{}/branch-restrictions/{id}", fake.api_url, one.full_name);
    let member = |name: &str| restriction.body.get(name).cloned();
    let mut shown = json!({
        "type": "branchrestriction", "id": id, "kind": member("kind"),
        "branch_match_kind": member("branch_match_kind").unwrap_or_else(|| json!("glob")),
        "pattern": member("pattern").unwrap_or_else(|| json!("")), "users": [], "groups": [],
        "links": { "self": { "href": address } },
    });
    for name in ["value", "branch_type"] {
        if let Some(value) = member(name) {
            shown[name] = value;
        }
    }
    shown
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let asked = |name: &str, restriction: &Restriction| {
        call.query(name).is_none_or(|wanted| restriction.body[name] == wanted)
    };
    let mine = one.restrictions.iter().filter(|it| asked("kind", it) && asked("pattern", it));
    page(fake, call, mine.map(|it| shown(fake, &one, it)).collect(), USUAL)
}

/// Changes the restrictions of the requested repository.
fn with<T>(
    fake: &Inner,
    call: &Call,
    act: impl FnOnce(&mut Repository) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let mut state = fake.state();
    let key = repository(&state, call)?.full_name.to_lowercase();
    let one = state.repositories.get_mut(&key).ok_or_else(|| Refused::from(not_found("Repository")))?;
    act(one)
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    if call.body["branch_match_kind"] == "glob" && call.body["pattern"].as_str().is_none_or(str::is_empty) {
        return Err(invalid("pattern: it is required"));
    }
    let id = fake.state().next();
    with(fake, call, |one| {
        let restriction = Restriction { id, body: call.body.clone() };
        let reply = Reply::json(201, &shown(fake, one, &restriction));
        one.restrictions.push(restriction);
        Ok(reply)
    })
}

fn position(one: &Repository, call: &Call) -> Result<usize, Refused> {
    let found = one.restrictions.iter().position(|it| it.id == call.number("id"));
    found.ok_or_else(|| not_found("Branch restriction").into())
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    with(fake, call, |one| {
        let at = position(one, call)?;
        Ok(Reply::json(200, &shown(fake, one, &one.restrictions[at])))
    })
}

pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    with(fake, call, |one| {
        let at = position(one, call)?;
        one.restrictions[at].body = call.body.clone();
        Ok(Reply::json(200, &shown(fake, one, &one.restrictions[at])))
    })
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    with(fake, call, |one| {
        let at = position(one, call)?;
        one.restrictions.remove(at);
        Ok(Reply::empty(204))
    })
}
