//! The caller, projects and repositories.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::{Answer, Call, continued, listed, project as of};
use crate::Inner;
use crate::reply::{endless, invalid, list, no_project, paged, unauthorized};

/// The namespace `ServiceHooks` (learn.microsoft.com, "Security namespace and permission reference").
const SERVICE_HOOKS: &str = "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046";

pub(super) fn connection(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let name = &call.caller.user;
    let user = state.users.get(name).ok_or_else(|| unauthorized(name))?;
    let identity = json!({
        "id": user.id, "descriptor": format!("Microsoft.IdentityModel.Claims.ClaimsIdentity;{}", user.unique_name),
        "subjectDescriptor": format!("aad.{}", data_encoding::BASE64.encode(user.id.as_bytes())),
        "providerDisplayName": user.name, "isActive": true,
        "properties": { "Account": { "$type": "System.String", "$value": user.unique_name } },
    });
    Ok(Reply::json(
        200,
        &json!({
            "authenticatedUser": identity, "authorizedUser": identity,
            "instanceId": "b1000000-0000-4000-8000-000000000001",
            "deploymentId": "b2000000-0000-4000-8000-000000000001", "deploymentType": "hosted",
        }),
    ))
}

/// Only the permissions for service hooks are known; the token is `PublisherSecurity`, with or without a project.
pub(super) fn permissions(fake: &Inner, call: &Call) -> Answer {
    if !call.parameter("securityNamespaceId").eq_ignore_ascii_case(SERVICE_HOOKS) {
        return Err(invalid("The security namespace is not known."));
    }
    let state = fake.state();
    let wanted = call.number("permissions");
    let held = u64::from(state.user(&call.caller.user).hooks);
    let tokens = call.query("tokens").unwrap_or_default().split(call.query("delimiter").unwrap_or(","));
    let answers: Vec<Value> = tokens
        .map(|token| json!(token.starts_with("PublisherSecurity") && held & wanted == wanted))
        .collect();
    Ok(list(&answers))
}

/// All projects, 100 on a page by default (REST API 7.1, "Projects - List").
pub(super) fn projects(fake: &Inner, call: &Call) -> Answer {
    let (from, size) = continued(call, 100, 1000)?;
    let from = from.max(call.query("$skip").and_then(|text| text.parse().ok()).unwrap_or(0));
    let state = fake.state();
    let own = state.projects.iter().filter(|one| one.organization == call.caller.organization);
    let all = own.map(|one| fake.project(one)).collect();
    Ok(if fake.host.faults.is_endless(&call.path) {
        endless(all, from, size)
    } else {
        paged(all, from, size)
    })
}

pub(super) fn project(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let name = call.parameter("projectId");
    let found = state.project(&call.caller.organization, name).ok_or_else(|| no_project(name))?;
    let mut shown = fake.project(found);
    shown["defaultTeam"] = json!({ "id": found.id, "name": format!("{} Team", found.name) });
    Ok(Reply::json(200, &shown))
}

/// All repositories of a project, without pages (REST API 7.1, "Repositories - List").
pub(super) fn repositories(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let project = of(&state, call)?;
    let own = state.repositories.iter().filter(|one| one.project == project.id);
    Ok(list(&own.map(|one| fake.repository(&state, one)).collect::<Vec<_>>()))
}

pub(super) fn repository(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let found = listed(&state, call)?;
    Ok(Reply::json(200, &fake.repository(&state, &found)))
}
