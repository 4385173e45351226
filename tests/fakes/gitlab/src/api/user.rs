//! The user of the token, the token, groups, and the version.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one form")]

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::Inner;
use crate::reply::absent;
use crate::state::OWNER;

pub(super) fn version(_: &Inner, _: &Call) -> Answer {
    Ok(Reply::json(200, &json!({ "version": "19.5.1-ee", "revision": "0f4e2a9c1d7" })))
}

pub(super) fn metadata(_: &Inner, _: &Call) -> Answer {
    let kas = json!({ "enabled": false, "externalUrl": null, "version": null });
    let body = json!({ "version": "19.5.1-ee", "revision": "0f4e2a9c1d7", "kas": kas, "enterprise": true });
    Ok(Reply::json(200, &body))
}

pub(super) fn user(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let mut body = fake.user(&state, call.caller.user);
    let more = json!({
        "created_at": "2025-01-02T03:04:05.000Z", "bio": "", "bot": false, "location": "", "public_email": "",
        "linkedin": "", "twitter": "", "website_url": "", "organization": "", "job_title": "", "followers": 0,
        "following": 0, "email": "palisade@example.com", "is_admin": false, "two_factor_enabled": true,
    });
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
    Ok(Reply::json(200, &body))
}

pub(super) fn token(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = state.tokens.values().find(|one| one.id == call.caller.token).ok_or_else(|| absent("Token"))?;
    let expires = clock::at(one.expires);
    let body = json!({
        "id": one.id, "name": "Palisade", "revoked": one.revoked, "created_at": "2026-01-02T03:04:05.000Z",
        "description": "", "scopes": one.scopes, "user_id": one.user, "last_used_at": clock::now(),
        "active": !one.revoked && one.expires > clock::seconds(), "expires_at": expires.get(..10),
    });
    Ok(Reply::json(200, &body))
}

/// The groups that the user is a member of; a group of this fake has no other groups in it.
pub(super) fn groups(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let owned = call.query("owned") == Some("true");
    let least: u8 = call.query("min_access_level").and_then(|it| it.parse().ok()).unwrap_or(0);
    let least = if owned { least.max(OWNER) } else { least };
    let found = state.groups.values().filter(|one| {
        one.members.get(&call.caller.user).is_some_and(|role| *role >= least)
            && call.query("search").is_none_or(|text| one.path.contains(text))
    });
    let all: Vec<Value> = found.map(|one| fake.group(one)).collect();
    drop(state);
    Ok(fake.page(call, all))
}

pub(super) fn group(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = state.groups.get(&call.caller.group).ok_or_else(|| absent("Group"))?;
    Ok(Reply::json(200, &fake.group(one)))
}

pub(super) fn projects(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let within = |one: &&crate::Project| state.group_of(one).is_some_and(|it| it.id == call.caller.group);
    let all: Vec<Value> = state
        .projects
        .values()
        .filter(within)
        .map(|one| fake.project(&state, one, call.caller.user))
        .collect();
    drop(state);
    Ok(fake.page(call, all))
}
