//! The App, its installations and their tokens.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::page::Page;
use super::{Call, Caller, full_name};
use crate::reply::{message, not_found};
use crate::state::{Installation, Token};
use crate::{Inner, app as keys, render};

pub(super) fn app(fake: &Inner, _: &Call) -> Reply {
    let mut all = fake.integration();
    all["installations_count"] = json!(fake.state().installations.len());
    Reply::json(200, &all)
}

pub(super) fn installations(fake: &Inner, call: &Call) -> Reply {
    let all = fake.state().installations.values().map(|one| fake.installation(one)).collect();
    Page::of(fake, call, all).list()
}

fn shown(fake: &Inner, one: Option<&Installation>) -> Reply {
    one.map_or_else(not_found, |one| Reply::json(200, &fake.installation(one)))
}

pub(super) fn installation(fake: &Inner, call: &Call) -> Reply {
    shown(fake, fake.state().installations.get(&call.number("installation_id")))
}

pub(super) fn of_organisation(fake: &Inner, call: &Call) -> Reply {
    shown(fake, fake.state().installation_of(call.parameter("org")))
}

pub(super) fn of_repository(fake: &Inner, call: &Call) -> Reply {
    let state = fake.state();
    let repository = state.repository(&full_name(call));
    shown(fake, repository.and_then(|one| state.installations.get(&one.installation)))
}

pub(super) fn token(fake: &Inner, call: &Call) -> Reply {
    let mut state = fake.state();
    let Some(installation) = state.installations.get(&call.number("installation_id")).cloned() else {
        return not_found();
    };
    if installation.suspended_at.is_some() {
        return message(403, "This installation has been suspended");
    }
    let owned: Vec<_> =
        state.repositories.values().filter(|one| one.installation == installation.id).cloned().collect();
    let names = call.body["repositories"].as_array();
    let numbers = call.body["repository_ids"].as_array();
    let mut chosen = Vec::new();
    for asked in names.into_iter().chain(numbers).flatten() {
        let hit = owned
            .iter()
            .find(|one| asked.as_u64() == Some(one.id) || asked.as_str() == one.full_name.split('/').nth(1));
        let Some(hit) = hit else {
            let why = "There is at least one repository that does not exist or is not accessible to the parent installation.";
            return message(422, why);
        };
        chosen.push(hit.clone());
    }
    let (text, expires) = (keys::token(), clock::seconds() + state.token_seconds.unwrap_or(3600));
    let repositories = chosen.iter().map(|one| one.full_name.clone()).collect();
    state.tokens.insert(text.clone(), Token { installation: installation.id, expires, repositories });
    let permissions = match &call.body["permissions"] {
        Value::Object(some) => json!(some),
        _ => render::permissions(),
    };
    let mut answer = json!({
        "token": text, "expires_at": clock::at(expires), "permissions": permissions,
        "repository_selection": if chosen.is_empty() { installation.selection } else { "selected" },
    });
    if !chosen.is_empty() {
        answer["repositories"] = chosen.iter().map(|one| fake.repository(&state, one)).collect();
    }
    Reply::json(201, &answer)
}

pub(super) fn revoke(fake: &Inner, call: &Call) -> Reply {
    if let Caller::Installation(id, repositories) = &call.caller {
        let same = |one: &Token| one.installation == *id && &one.repositories == repositories;
        fake.state().tokens.retain(|_, one| !same(one));
    }
    Reply::empty(204)
}

pub(super) fn rate_limit(fake: &Inner, _: &Call) -> Reply {
    let used = fake.state().served;
    let rate = json!({
        "limit": 5000, "used": used, "remaining": 5000_u64.saturating_sub(used),
        "reset": clock::seconds() + 3600,
    });
    Reply::json(200, &json!({ "resources": { "core": rate, "search": rate }, "rate": rate }))
}

pub(super) fn meta(_: &Inner, _: &Call) -> Reply {
    Reply::json(200, &json!({ "verifiable_password_authentication": true, "installed_version": "3.20.0" }))
}
