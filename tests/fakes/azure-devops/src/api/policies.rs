//! Branch policies.

use palisade_fake_host::{Reply, clock};
use serde_json::{Value, json};

use super::{Answer, Call, continued, contributor, project, text};
use crate::Inner;
use crate::reply::{absent, invalid, list as listed, paged};
use crate::state::{Policy, Pull, State};

/// The type of policies that require a status (REST API 7.1, "Types - List").
pub(crate) const STATUS: &str = "cbdc66da-9728-4af8-aada-9a5a32e4a226";

/// The types that the fake knows, and their names.
const TYPES: &[(&str, &str)] = &[
    (STATUS, "Status"),
    ("0609b952-1397-4640-95ec-e00a01b2c241", "Build"),
    ("fa4e907d-c16b-4a4c-9dfa-4906e5d171dd", "Minimum number of reviewers"),
    ("fd2167ab-b0be-447a-8ec8-39368250530e", "Required reviewers"),
];

/// The name of a type.
pub(crate) fn name_of(kind: &str) -> &'static str {
    TYPES.iter().find(|(id, _)| *id == kind).map_or("", |(_, name)| name)
}

/// Whether a policy applies to a branch of a repository: an entry of its scope names both, or all repositories, or default
/// branches.
fn applies(state: &State, one: &Policy, repository: &str, branch: Option<&str>) -> bool {
    let default = state.repository(repository).map(|it| format!("refs/heads/{}", it.default_branch));
    one.settings["scope"].as_array().into_iter().flatten().any(|scope| {
        let there = scope["repositoryId"].as_str().is_none_or(|id| id.eq_ignore_ascii_case(repository));
        let name = text(scope, "refName");
        let named = |branch: &str| match text(scope, "matchKind").to_ascii_lowercase().as_str() {
            "defaultbranch" => default.as_deref() == Some(branch),
            "prefix" => branch.starts_with(name),
            _ => name.is_empty() || name == branch,
        };
        there && branch.is_none_or(named)
    })
}

/// Whether a required status of a pull request did not succeed. With `authorId` only that author's statuses count
/// (learn.microsoft.com, "Configure a branch policy for an external service", "Authorized identity"); a status that does
/// not apply does not block.
pub(crate) fn is_blocked(state: &State, pull: &Pull) -> bool {
    let branch = format!("refs/heads/{}", pull.target);
    let required = state.policies.iter().filter(|one| {
        one.enabled
            && one.blocking
            && one.kind == STATUS
            && applies(state, one, &pull.repository, Some(&branch))
    });
    let mut required = required.map(|one| &one.settings);
    required.any(|settings| {
        let author = settings["authorId"].as_str();
        let last = pull.last().id;
        let counts = |it: &&crate::Posted| {
            (it.genre.as_str(), it.name.as_str())
                == (text(settings, "statusGenre"), text(settings, "statusName"))
                && it.iteration.is_none_or(|number| number == last)
                && author.is_none_or(|id| state.user(&it.author).id == id)
        };
        let found = pull.statuses.iter().rev().find(counts);
        !found.is_some_and(|it| ["succeeded", "notApplicable"].contains(&it.state.as_str()))
    })
}

fn page(fake: &Inner, call: &Call, meant: impl Fn(&State, &Policy) -> bool) -> Answer {
    let (from, size) = continued(call, 100, 1000)?;
    let state = fake.state();
    let project = project(&state, call)?;
    let wanted = call.query("policyType");
    let all = state.policies.iter().filter(|one| {
        one.project == project.id
            && wanted.is_none_or(|kind| kind.eq_ignore_ascii_case(&one.kind))
            && meant(&state, one)
    });
    Ok(paged(all.map(|one| fake.policy(&state, one)).collect(), from, size))
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    page(fake, call, |_, _| true)
}

/// The policies of a branch (REST API 7.1, Git, "Policy Configurations - Get").
pub(super) fn of_branch(fake: &Inner, call: &Call) -> Answer {
    let branch = call.query("refName");
    page(fake, call, |state, one| call.query("repositoryId").is_none_or(|id| applies(state, one, id, branch)))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let project = project(&state, call)?;
    let id = call.number("configurationId");
    let found = state.policies.iter().find(|one| one.project == project.id && one.id == id);
    Ok(Reply::json(200, &fake.policy(&state, found.ok_or_else(|| absent("The policy"))?)))
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    contributor(&state, call, "EditPolicies")?;
    let project = project(&state, call)?.id;
    let body = &call.body;
    let kind = text(&body["type"], "id").to_lowercase();
    if name_of(&kind).is_empty() {
        return Err(invalid("The type of the policy is not known."));
    }
    if !body["settings"]["scope"].is_array() {
        return Err(invalid("The policy has no scope."));
    }
    let new = Policy {
        id: state.next(),
        project,
        kind,
        enabled: body["isEnabled"] == true,
        blocking: body["isBlocking"] == true,
        settings: body["settings"].clone(),
        author: call.caller.user.clone(),
        created_at: clock::now(),
    };
    state.policies.push(new.clone());
    Ok(Reply::json(200, &fake.policy(&state, &new)))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    contributor(&state, call, "EditPolicies")?;
    let (project, id) = (project(&state, call)?.id, call.number("configurationId"));
    let count = state.policies.len();
    state.policies.retain(|one| one.project != project || one.id != id);
    if state.policies.len() == count { Err(absent("The policy")) } else { Ok(Reply::empty(204)) }
}

pub(super) fn types(fake: &Inner, call: &Call) -> Answer {
    let project = project(&fake.state(), call)?.id;
    let base = format!("{}/{project}/_apis/policy/types", fake.organization_url(crate::ORGANIZATION));
    let shown = |(id, name): &(&str, &str)| {
        let url = format!("{base}/{id}");
        json!({ "description": name, "id": id, "displayName": name, "url": url })
    };
    Ok(listed(&TYPES.iter().map(shown).collect::<Vec<Value>>()))
}
