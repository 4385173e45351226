//! Repositories and their branches.

use palisade_fake_host::Reply;
use serde_json::Value;

use super::page::{USUAL, page};
use super::{Call, repository};
use crate::Inner;
use crate::access::Role;
use crate::payload::Push;
use crate::reply::{Answer, Refused, error, not_found};
use crate::state::text;

/// The repositories of a workspace that the user has a permission for; all of a public one.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let needed = match call.query("role") {
        Some("admin" | "owner") => Role::Admin,
        Some("contributor") => Role::Write,
        _ => Role::Read,
    };
    let state = fake.state();
    let reached = state.repositories.values().filter(|one| {
        one.workspace() == call.parameter("workspace")
            && state.role(&call.caller.nickname, &one.full_name) >= Some(needed)
    });
    let all: Vec<Value> = reached.map(|one| fake.repository(&state, one)).collect();
    drop(state);
    page(fake, call, all, USUAL)
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = repository(&state, call)?;
    Ok(Reply::json(200, &fake.repository(&state, one)))
}

/// All branches; the fake has no tags.
pub(super) fn branches(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let all = fake.host.git.branches(&one.full_name);
    let all = all.iter().filter_map(|(name, sha)| fake.branch(&one, name, sha)).collect();
    page(fake, call, all, USUAL)
}

fn no_branch(name: &str) -> Refused {
    not_found(&format!("Branch \"{name}\"")).into()
}

pub(super) fn branch(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let name = call.parameter("name");
    let sha = fake.host.git.resolve(&one.full_name, &format!("refs/heads/{name}"));
    let shown = sha.and_then(|sha| fake.branch(&one, name, &sha));
    shown.map(|shown| Reply::json(200, &shown)).ok_or_else(|| no_branch(name))
}

pub(super) fn create_branch(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let name = text(&call.body, "name");
    let reference = format!("refs/heads/{name}");
    if fake.host.git.resolve(&one.full_name, &reference).is_some() {
        return Err(error(400, &format!("Branch \"{name}\" already exists.")).into());
    }
    if fake.host.git.run(&one.full_name, &["check-ref-format", &reference]).is_none() {
        return Err(error(400, &format!("Invalid branch name \"{name}\".")).into());
    }
    let hash = text(&call.body["target"], "hash");
    let Some(sha) = fake.host.git.resolve(&one.full_name, hash) else {
        return Err(error(400, &format!("Commit \"{hash}\" not found")).into());
    };
    fake.host.git.point(&one.full_name, &reference, &sha);
    let push = Push { repository: &one.full_name, branch: name, old: None, new: Some(&sha) };
    fake.push_event(&fake.state(), &call.caller.nickname, &push);
    fake.branch(&one, name, &sha).map(|shown| Reply::json(201, &shown)).ok_or_else(|| no_branch(name))
}

pub(super) fn delete_branch(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?.clone();
    let name = call.parameter("name");
    if name == one.main_branch {
        return Err(error(400, "The main branch can't be deleted.").into());
    }
    let reference = format!("refs/heads/{name}");
    let Some(sha) = fake.host.git.resolve(&one.full_name, &reference) else { return Err(no_branch(name)) };
    fake.host.git.run(&one.full_name, &["update-ref", "-d", &reference]);
    let push = Push { repository: &one.full_name, branch: name, old: Some(&sha), new: None };
    fake.push_event(&fake.state(), &call.caller.nickname, &push);
    Ok(Reply::empty(204))
}
