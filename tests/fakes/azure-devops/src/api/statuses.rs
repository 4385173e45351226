//! Statuses of pull requests, and of their iterations.

use palisade_fake_host::{Reply, clock};
use serde_json::Value;

use super::{Answer, Call, contributor, pull, text};
use crate::Inner;
use crate::reply::{absent, invalid, list as listed};
use crate::state::Posted;

/// The iteration that the path names; `None` for the statuses of the whole pull request.
fn iteration(call: &Call) -> Option<u64> {
    call.parameters.contains_key("iterationId").then(|| call.number("iterationId"))
}

/// All statuses, each write with one of its own; or those of an iteration.
pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = pull(&mut state, call)?.clone();
    let wanted = iteration(call);
    if wanted.is_some_and(|id| found.iterations.iter().all(|one| one.id != id)) {
        return Err(absent("The iteration"));
    }
    let all = found.statuses.iter().filter(|one| wanted.is_none() || one.iteration == wanted);
    Ok(listed(&all.map(|one| fake.status(&state, &found, one)).collect::<Vec<_>>()))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = pull(&mut state, call)?.clone();
    let wanted = found.statuses.iter().find(|one| one.id == call.number("statusId"));
    let wanted = wanted.ok_or_else(|| absent("The status"))?;
    Ok(Reply::json(200, &fake.status(&state, &found, wanted)))
}

/// Every contributor may write a status of any context (learn.microsoft.com, "Customize and extend pull request workflows
/// with pull request status").
pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let body = &call.body;
    let mut state = fake.state();
    contributor(&state, call, "PullRequestContribute")?;
    if text(&body["context"], "name").is_empty() {
        return Err(invalid("The name of the context of the status is missing."));
    }
    let asked = iteration(call).or_else(|| body["iterationId"].as_u64());
    let author = call.caller.user.clone();
    let id = {
        let found = pull(&mut state, call)?;
        if asked.is_some_and(|id| found.iterations.iter().all(|one| one.id != id)) {
            return Err(absent("The iteration"));
        }
        found.last_status += 1;
        found.statuses.push(Posted {
            id: found.last_status,
            iteration: asked,
            state: body["state"].as_str().unwrap_or("notSet").to_owned(),
            description: text(body, "description").to_owned(),
            genre: text(&body["context"], "genre").to_owned(),
            name: text(&body["context"], "name").to_owned(),
            target_url: body["targetUrl"].as_str().map(ToOwned::to_owned),
            author,
            created_at: clock::now(),
        });
        found.id
    };
    let found = &state.pulls[&id];
    Ok(Reply::json(200, &fake.status(&state, found, &found.statuses[found.statuses.len() - 1])))
}

/// Deletes statuses: the only operation is `remove` of `/ID` (REST API 7.1, "Pull Request Statuses - Update").
pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    contributor(&state, call, "PullRequestContribute")?;
    let found = pull(&mut state, call)?;
    let operations = call.body.as_array().into_iter().flatten();
    let id = |one: &Value| {
        let id = text(one, "path").strip_prefix('/').and_then(|id| id.parse::<u64>().ok());
        id.filter(|_| one["op"] == "remove")
            .ok_or_else(|| invalid("Only the operation remove of /ID is supported."))
    };
    let ids: Vec<u64> = operations.map(id).collect::<Result<_, _>>()?;
    if ids.iter().any(|id| found.statuses.iter().all(|one| one.id != *id)) {
        return Err(absent("The status"));
    }
    found.statuses.retain(|one| !ids.contains(&one.id));
    Ok(Reply::empty(204))
}

pub(super) fn delete(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    contributor(&state, call, "PullRequestContribute")?;
    let found = pull(&mut state, call)?;
    let count = found.statuses.len();
    found.statuses.retain(|one| one.id != call.number("statusId"));
    if found.statuses.len() == count { Err(absent("The status")) } else { Ok(Reply::empty(204)) }
}
