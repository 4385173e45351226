//! Repositories and their branches.

use palisade_fake_host::Reply;
use serde_json::{Value, json};

use super::page::Page;
use super::{Call, Caller, full_name};
use crate::Inner;
use crate::reply::{message, not_found};
use crate::state::Repository;

pub(super) fn list(fake: &Inner, call: &Call) -> Reply {
    let Caller::Installation(id, only) = &call.caller else { return not_found() };
    let state = fake.state();
    let reached =
        |one: &&Repository| one.installation == *id && (only.is_empty() || only.contains(&one.full_name));
    let mut all: Vec<&Repository> = state.repositories.values().filter(reached).collect();
    all.sort_by_key(|one| one.id);
    let all = all.into_iter().map(|one| fake.repository(&state, one)).collect();
    Page::of(fake, call, all).counted("repositories")
}

pub(super) fn one(fake: &Inner, call: &Call) -> Reply {
    let state = fake.state();
    let found = state.repository(&full_name(call));
    found.map_or_else(not_found, |one| Reply::json(200, &fake.repository(&state, one)))
}

/// The protection of a branch.
fn protection(one: &Repository, branch: &str) -> Value {
    let Some(required) = one.protected.get(branch) else {
        let none = json!({ "enforcement_level": "off", "contexts": [], "checks": [] });
        return json!({ "enabled": false, "required_status_checks": none });
    };
    let checks: Vec<Value> =
        required.iter().map(|(name, app)| json!({ "context": name, "app_id": app })).collect();
    let required: Vec<&str> = required.iter().map(|(name, _)| name.as_str()).collect();
    json!({
        "enabled": true,
        "required_status_checks": {
            "enforcement_level": "non_admins", "contexts": required, "checks": checks,
        },
    })
}

fn protection_url(fake: &Inner, one: &Repository, branch: &str) -> String {
    format!("{}/repos/{}/branches/{branch}/protection", fake.api_url, one.full_name)
}

pub(super) fn branches(fake: &Inner, call: &Call) -> Reply {
    let Some(one) = fake.state().repository(&full_name(call)).cloned() else { return not_found() };
    let wanted = call.query("protected").and_then(|text| text.parse::<bool>().ok());
    let shown = |(name, sha): &(String, String)| {
        json!({
            "name": name, "protected": one.protected.contains_key(name),
            "commit": { "sha": sha, "url": format!("{}/repos/{}/commits/{sha}", fake.api_url, one.full_name) },
            "protection": protection(&one, name), "protection_url": protection_url(fake, &one, name),
        })
    };
    let all = fake.host.git.branches(&one.full_name);
    let all =
        all.iter().filter(|(name, _)| wanted.is_none_or(|flag| flag == one.protected.contains_key(name)));
    Page::of(fake, call, all.map(shown).collect()).list()
}

/// The rules of rulesets that apply to a branch.
pub(super) fn rules(fake: &Inner, call: &Call) -> Reply {
    let Some(one) = fake.state().repository(&full_name(call)).cloned() else { return not_found() };
    let rule = |required: &Vec<(String, Option<u64>)>| {
        let checks = required.iter().map(|(name, app)| match app {
            Some(app) => json!({ "context": name, "integration_id": app }),
            None => json!({ "context": name }),
        });
        json!({
            "type": "required_status_checks", "ruleset_source_type": "Repository",
            "ruleset_source": one.full_name, "ruleset_id": 42,
            "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": checks.collect::<Vec<_>>(),
            },
        })
    };
    let all = one.rules.get(call.parameter("branch")).map(rule).into_iter().collect();
    Page::of(fake, call, all).list()
}

pub(super) fn branch(fake: &Inner, call: &Call) -> Reply {
    let Some(one) = fake.state().repository(&full_name(call)).cloned() else { return not_found() };
    let name = call.parameter("branch");
    let sha = fake.host.git.resolve(&one.full_name, &format!("refs/heads/{name}"));
    let Some(commit) = sha.and_then(|sha| fake.commit(&one.full_name, &sha)) else {
        return message(404, "Branch not found");
    };
    let links = json!({
        "self": format!("{}/repos/{}/branches/{name}", fake.api_url, one.full_name),
        "html": format!("{}/{}/tree/{name}", fake.web_url, one.full_name),
    });
    Reply::json(
        200,
        &json!({
            "name": name, "commit": commit, "_links": links, "protected": one.protected.contains_key(name),
            "protection": protection(&one, name), "protection_url": protection_url(fake, &one, name),
        }),
    )
}
