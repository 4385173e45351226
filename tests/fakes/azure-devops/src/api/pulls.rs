//! Pull requests and their iterations.

use std::time::Instant;

use palisade_fake_host::Reply;
use serde_json::{Map, Value, json};

use super::{Answer, Call, contributor, is_blocked, project, pull, repository, text, window};
use crate::Inner;
use crate::fake::NewPull;
use crate::reply::{absent, error, invalid, list as listed, no_pull};
use crate::state::{Pull, State};

/// The name of a branch.
fn branch(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

/// The pull requests that a query asks for, newest first: active ones by default, 100 on a page by default and 1000 at
/// most (REST API 7.1, "Pull Requests - Get Pull Requests").
fn search(fake: &Inner, state: &State, call: &Call, within: impl Fn(&Pull) -> bool) -> Vec<Value> {
    let criterion = |name: &str| call.query(&format!("searchCriteria.{name}"));
    let status = criterion("status").unwrap_or("active");
    let meant = |one: &&Pull| {
        within(one)
            && (status == "all" || status == "notSet" && one.status == "active" || status == one.status)
            && criterion("sourceRefName").is_none_or(|name| branch(name) == one.source)
            && criterion("targetRefName").is_none_or(|name| branch(name) == one.target)
            && criterion("repositoryId").is_none_or(|id| id.eq_ignore_ascii_case(&one.repository))
            && criterion("sourceRepositoryId")
                .is_none_or(|id| id.eq_ignore_ascii_case(one.fork.as_ref().unwrap_or(&one.repository)))
            && criterion("creatorId").is_none_or(|id| id == state.user(&one.author).id)
    };
    let (skip, size) = window(call, 100, 1000);
    let all = state.pulls.values().rev().filter(meant).skip(skip).take(size);
    all.map(|one| fake.pull(state, one)).collect()
}

pub(super) fn list(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let repository = repository(&state, call)?;
    Ok(listed(&search(fake, &state, call, |one| one.repository == repository.id)))
}

pub(super) fn of_project(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let project = project(&state, call)?;
    let within = |one: &Pull| state.repository(&one.repository).is_some_and(|it| it.project == project.id);
    Ok(listed(&search(fake, &state, call, within)))
}

/// The pull request of a request, in the state that reads return.
fn seen(state: &mut State, call: &Call) -> Result<Pull, Reply> {
    let now = pull(state, call)?.clone();
    let old = state.stale.get(&now.id).filter(|(until, _)| *until > Instant::now());
    Ok(old.map_or(now, |(_, old)| old.clone()))
}

pub(super) fn one(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = seen(&mut state, call)?;
    Ok(Reply::json(200, &fake.pull(&state, &found)))
}

pub(super) fn one_of_project(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let project = project(&state, call)?;
    let found = state.pulls.get(&call.number("pullRequestId")).ok_or_else(no_pull)?;
    match state.repository(&found.repository) {
        Some(repository) if repository.project == project.id => {
            Ok(Reply::json(200, &fake.pull(&state, found)))
        }
        _ => Err(no_pull()),
    }
}

/// The lengths that a title and a description may have (REST API 7.1, "Pull Requests - Update").
fn checked(body: &Value) -> Result<(), Reply> {
    for (name, limit) in [("title", 400), ("description", 4000)] {
        if text(body, name).chars().count() > limit {
            return Err(invalid(&format!("The {name} must not have more than {limit} characters.")));
        }
    }
    Ok(())
}

pub(super) fn create(fake: &Inner, call: &Call) -> Answer {
    let body = &call.body;
    checked(body)?;
    let repository = {
        let state = fake.state();
        contributor(&state, call, "PullRequestContribute")?;
        repository(&state, call)?
    };
    let fork = body["forkSource"]["repository"]["id"].as_str().filter(|id| *id != repository.id);
    let new = NewPull {
        repository: &repository.id,
        fork,
        source: branch(text(body, "sourceRefName")),
        target: branch(text(body, "targetRefName")),
        title: text(body, "title"),
        description: text(body, "description"),
        draft: body["isDraft"] == true,
        author: &call.caller.user,
    };
    let same = fake.state().pulls.values().any(|one| {
        one.status == "active"
            && one.repository == repository.id
            && (one.source.as_str(), one.target.as_str()) == (new.source, new.target)
            && one.fork.as_deref() == fork
    });
    if same {
        let why = "TF401179: An active pull request for the source and target branch already exists.";
        return Err(error(409, "GitPullRequestExistsException", why));
    }
    let id = fake.open(&new).map_err(|why| {
        error(400, "GitPullRequestSourceBranchNotFoundException", &format!("TF401398: {why}"))
    })?;
    let state = fake.state();
    let found = state.pulls.get(&id).ok_or_else(no_pull)?;
    Ok(Reply::json(201, &fake.pull(&state, found)))
}

/// Title, description, target branch, draft and status can be changed. A pull request whose required statuses did not
/// succeed cannot be completed (learn.microsoft.com, "Configure a branch policy for an external service").
pub(super) fn update(fake: &Inner, call: &Call) -> Answer {
    let body = &call.body;
    checked(body)?;
    let (id, blocked, head) = {
        let mut state = fake.state();
        contributor(&state, call, "PullRequestContribute")?;
        let found = pull(&mut state, call)?.clone();
        let changed = state.pulls.get_mut(&found.id).ok_or_else(no_pull)?;
        for (name, place) in [("title", &mut changed.title), ("description", &mut changed.description)] {
            if let Some(new) = body[name].as_str() {
                new.clone_into(place);
            }
        }
        if let Some(draft) = body["isDraft"].as_bool() {
            changed.draft = draft;
        }
        (found.id, is_blocked(&state, &found), found.head().to_owned())
    };
    let refused = |why: palisade_fake_host::Error| invalid(&why.to_string());
    if let Some(target) = body["targetRefName"].as_str() {
        fake.retarget(id, branch(target), &call.caller.user).map_err(refused)?;
    }
    match body["status"].as_str() {
        Some("abandoned") => fake.close(id, "abandoned", &call.caller.user).map_err(refused)?,
        Some("active") => fake.close(id, "active", &call.caller.user).map_err(refused)?,
        Some("completed") => {
            if body["lastMergeSourceCommit"]["commitId"] != json!(head) {
                let why = "TF401192: The pull request was changed since its last merge.";
                return Err(error(409, "GitPullRequestStaleException", why));
            }
            if blocked {
                let why = "The pull request cannot be completed: a required status did not succeed.";
                return Err(error(403, "GitPullRequestUpdateRejectedByPolicyException", why));
            }
            fake.close(id, "completed", &call.caller.user).map_err(refused)?;
        }
        _ => {}
    }
    let state = fake.state();
    let found = state.pulls.get(&id).ok_or_else(no_pull)?;
    Ok(Reply::json(200, &fake.pull(&state, found)))
}

pub(super) fn iterations(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = seen(&mut state, call)?;
    let all: Vec<Value> = found.iterations.iter().map(|one| fake.iteration(&state, &found, one)).collect();
    Ok(listed(&all))
}

pub(super) fn iteration(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let found = seen(&mut state, call)?;
    let wanted = found.iterations.iter().find(|one| one.id == call.number("iterationId"));
    let wanted = wanted.ok_or_else(|| absent("The iteration"))?;
    Ok(Reply::json(200, &fake.iteration(&state, &found, wanted)))
}

/// The completed pull requests that merged commits, or whose merge created them (REST API 7.1, "Pull Request Query -
/// Get").
pub(super) fn query(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let repository = repository(&state, call)?;
    let queries = call.body["queries"].as_array().cloned().unwrap_or_default();
    let results = queries.iter().map(|query| {
        let mut found = Map::new();
        for sha in query["items"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let meant = |one: &&Pull| {
                let merged = one.status == "completed" && one.repository == repository.id;
                let base = &one.last().target;
                merged
                    && if query["type"] == "lastMergeCommit" {
                        one.merge_commit.as_deref() == Some(sha)
                    } else {
                        fake.host
                            .git
                            .between(&repository.full_name, base, one.head())
                            .iter()
                            .any(|it| it == sha)
                    }
            };
            let all: Vec<Value> =
                state.pulls.values().filter(meant).map(|one| fake.pull(&state, one)).collect();
            if !all.is_empty() {
                found.insert(sha.to_owned(), json!(all));
            }
        }
        Value::Object(found)
    });
    let results: Vec<Value> = results.collect();
    Ok(Reply::json(200, &json!({ "queries": queries, "results": results })))
}
