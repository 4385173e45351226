//! Users and workspaces.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::Call;
use super::page::{USUAL, page};
use crate::Inner;
use crate::access::{Form, Role};
use crate::reply::{Answer, error, not_found};

/// The word of a permission for a repository.
fn word(role: Role) -> &'static str {
    match role {
        Role::Read => "read",
        Role::Write => "write",
        Role::Admin => "admin",
    }
}

/// The user of an API token. An access token belongs to no user.
pub(super) fn user(fake: &Inner, call: &Call) -> Answer {
    if call.caller.form == Form::Access {
        return Err(error(401, "Token is invalid, expired, or not supported for this endpoint.").into());
    }
    Ok(Reply::json(200, &fake.person(&fake.state(), &call.caller.nickname)))
}

pub(super) fn workspaces(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let wanted = call.query("administrator").and_then(|text| text.parse::<bool>().ok());
    let roles = state.people.get(&call.caller.nickname).map(|one| one.roles.clone()).unwrap_or_default();
    let all = roles
        .iter()
        .map(|(slug, role)| (slug, *role == Role::Admin))
        .filter(|(_, administrator)| wanted.is_none_or(|wanted| wanted == *administrator))
        .map(|(slug, administrator)| {
            let mut workspace = fake.workspace(&state, slug);
            workspace["type"] = json!("workspace_base");
            json!({ "type": "workspace_access", "administrator": administrator, "workspace": workspace })
        });
    let all: Vec<Value> = all.collect();
    drop(state);
    page(fake, call, all, USUAL)
}

pub(super) fn permission(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let slug = call.parameter("workspace");
    let Some(role) = state.role_in(&call.caller.nickname, slug) else {
        return Err(not_found("Workspace").into());
    };
    let permission = if role == Role::Admin { "owner" } else { "collaborator" };
    Ok(Reply::json(
        200,
        &json!({
            "type": "workspace_membership", "permission": permission,
            "user": fake.person(&state, &call.caller.nickname), "workspace": fake.workspace(&state, slug),
        }),
    ))
}

pub(super) fn repositories(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let mine = state.repositories.values().filter(|one| one.workspace() == call.parameter("workspace"));
    let mine = mine.filter_map(|one| {
        let role = state.role(&call.caller.nickname, &one.full_name)?;
        Some(json!({
            "type": "repository_permission", "permission": word(role),
            "user": fake.person(&state, &call.caller.nickname), "repository": fake.short_repository(one),
        }))
    });
    let all: Vec<Value> = mine.collect();
    drop(state);
    page(fake, call, all, USUAL)
}

#[expect(clippy::unnecessary_wraps, reason = "a handler")]
pub(super) fn workspace(fake: &Inner, call: &Call) -> Answer {
    Ok(Reply::json(200, &fake.workspace(&fake.state(), call.parameter("workspace"))))
}

/// Each workspace has one project, which contains all its repositories.
pub(super) fn projects(fake: &Inner, call: &Call) -> Answer {
    let mut one = fake.project(&fake.state(), call.parameter("workspace"));
    one["is_private"] = json!(true);
    one["description"] = json!("");
    page(fake, call, vec![one], USUAL)
}
