//! Pull requests.

use std::time::Instant;

use palisade_fake_host::Reply;
use serde_json::Value;

use super::page::Page;
use super::{Call, full_name};
use crate::Inner;
use crate::reply::not_found;
use crate::state::Pull;

fn find(fake: &Inner, call: &Call) -> Option<Pull> {
    let state = fake.state();
    let name = state.repository(&full_name(call))?.full_name.clone();
    let key = (name, call.number("pull_number"));
    if let Some((_, old)) = state.stale.get(&key).filter(|(until, _)| *until > Instant::now()) {
        return Some(old.clone());
    }
    state.pulls.get(&key).cloned()
}

/// Removes the members that only the full form has.
fn simple(mut pull: Value) -> Value {
    if let Some(pull) = pull.as_object_mut() {
        pull.retain(|name, _| !FULL.contains(&name.as_str()));
    }
    pull
}

/// The members that only the full form has (schema `pull-request` against `pull-request-simple`).
const FULL: [&str; 12] = [
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "changed_files",
    "additions",
    "deletions",
];

pub(super) fn list(fake: &Inner, call: &Call) -> Reply {
    let state = fake.state();
    let Some(repository) = state.repository(&full_name(call)) else { return not_found() };
    let wanted = call.query("state").unwrap_or("open");
    let owner = call.parameter("owner");
    let meant = |one: &&Pull| {
        one.repository == repository.full_name
            && (wanted == "all" || one.open == (wanted == "open"))
            && call.query("base").is_none_or(|base| base == one.base_branch)
            && call.query("head").is_none_or(|head| head == format!("{owner}:{}", one.head_branch))
    };
    let mut all: Vec<Value> =
        state.pulls.values().filter(meant).map(|one| simple(fake.pull(&state, one))).collect();
    // Newest first by default.
    if call.query("direction") != Some("asc") {
        all.reverse();
    }
    Page::of(fake, call, all).list()
}

/// The pull requests that contain a commit; only open ones if the default branch does not contain it (docs.github.com,
/// "List pull requests associated with a commit").
pub(super) fn of_commit(fake: &Inner, call: &Call) -> Reply {
    let sha = call.parameter("commit_sha");
    let state = fake.state();
    let Some(repository) = state.repository(&full_name(call)) else { return not_found() };
    let contains = |one: &&Pull| {
        one.open
            && one.repository == repository.full_name
            && (one.head_sha == sha
                || fake
                    .host
                    .git
                    .between(&one.repository, &one.base_branch, &one.head_sha)
                    .iter()
                    .any(|it| it == sha))
    };
    let all = state.pulls.values().filter(contains).map(|one| simple(fake.pull(&state, one))).collect();
    drop(state);
    Page::of(fake, call, all).list()
}

pub(super) fn one(fake: &Inner, call: &Call) -> Reply {
    let Some(pull) = find(fake, call) else { return not_found() };
    Reply::json(200, &fake.pull(&fake.state(), &pull))
}

pub(super) fn files(fake: &Inner, call: &Call) -> Reply {
    let Some(pull) = find(fake, call) else { return not_found() };
    let base = fake
        .host
        .git
        .merge_base(&pull.repository, &pull.base_branch, &pull.head_sha)
        .unwrap_or(pull.base_sha);
    Page::of(fake, call, fake.files(&pull.repository, &base, &pull.head_sha)).list()
}

pub(super) fn commits(fake: &Inner, call: &Call) -> Reply {
    let Some(pull) = find(fake, call) else { return not_found() };
    let all = fake.host.git.between(&pull.repository, &pull.base_branch, &pull.head_sha);
    let all = all.iter().filter_map(|sha| fake.commit(&pull.repository, sha)).collect();
    Page::of(fake, call, all).list()
}
