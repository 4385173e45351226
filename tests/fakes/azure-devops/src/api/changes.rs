//! Commits, and what differs between two of them.

use std::collections::BTreeMap;

use palisade_fake_host::{Change, Reply};
use serde_json::{Value, json};

use super::contents::resolve;
use super::{Answer, Call, number, pull, repository, window};
use crate::Inner;
use crate::reply::{absent, error, list};
use crate::state::Repository;

/// The name of a kind of change.
fn kind(change: &Change) -> &'static str {
    match change.status {
        'A' => "add",
        'D' => "delete",
        _ => "edit",
    }
}

fn unknown(sha: &str) -> Reply {
    let why = format!("TF401035: The object '{sha}' does not exist.");
    error(404, "GitObjectDoesNotExistException", &why)
}

pub(super) fn commit(fake: &Inner, call: &Call) -> Answer {
    let state = fake.state();
    let one = repository(&state, call)?;
    let sha = call.parameter("commitId");
    let mut shown = fake.commit(&one, sha).ok_or_else(|| unknown(sha))?;
    let count = number(call, "changeCount", 0);
    if count > 0 {
        let parent = shown["parents"][0].as_str().unwrap_or_default();
        let all = fake.host.git.changes(&one.full_name, parent, sha).unwrap_or_default();
        let entry = |it: &Change| {
            let item = json!({ "gitObjectType": "blob", "path": format!("/{}", it.path) });
            json!({ "item": item, "changeType": kind(it) })
        };
        shown["changes"] = all.iter().take(count).map(entry).collect();
    }
    Ok(Reply::json(200, &shown))
}

/// The merge bases of two commits; both must exist.
pub(super) fn merge_bases(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let (first, other) = (call.parameter("commitId"), call.query("otherCommitId").unwrap_or_default());
    for sha in [first, other] {
        fake.host.git.resolve(&one.full_name, sha).ok_or_else(|| unknown(sha))?;
    }
    let base = fake.host.git.merge_base(&one.full_name, first, other);
    let shown = |sha: String| json!({ "commitId": sha, "url": format!("{}/commits/{sha}", fake.repository_url(&one)) });
    Ok(list(&base.map(shown).into_iter().collect::<Vec<_>>()))
}

/// The entries for the folders of changed files, which Azure DevOps lists too.
fn folders(
    fake: &Inner,
    one: &Repository,
    base: &str,
    target: &str,
    changes: &[Change],
) -> BTreeMap<String, &'static str> {
    let has = |commit: &str| -> Vec<String> {
        let all = fake.host.git.tree(&one.full_name, commit, true).unwrap_or_default();
        all.into_iter().filter(|it| it.kind == "tree").map(|it| it.path).collect()
    };
    let (before, after) = (has(base), has(target));
    let mut found = BTreeMap::new();
    for change in changes {
        for (end, _) in change.path.match_indices('/') {
            let folder = &change.path[..end];
            let is = |list: &[String]| list.iter().any(|it| it == folder);
            let kind = match (is(&before), is(&after)) {
                (false, _) => "add",
                (_, false) => "delete",
                _ => "edit",
            };
            found.insert(folder.to_owned(), kind);
        }
    }
    found
}

/// The difference of two versions, 100 changes on a page by default. With `diffCommonCommit` it begins at their merge
/// base (REST API 7.1, "Diffs - Get").
pub(super) fn diff(fake: &Inner, call: &Call) -> Answer {
    let one = repository(&fake.state(), call)?;
    let asked = |side: &str| {
        let part = |what: &str| call.query(&format!("{side}{what}")).unwrap_or_default();
        resolve(fake, &one, part("Version"), part("VersionType"))
    };
    let (base, target) = (asked("base")?, asked("target")?);
    let git = &fake.host.git;
    let common = git.merge_base(&one.full_name, &base, &target);
    let from = if call.query("diffCommonCommit") == Some("true") {
        common.clone().unwrap_or_else(|| base.clone())
    } else {
        base.clone()
    };
    let changes = git.changes(&one.full_name, &from, &target).unwrap_or_default();
    let api = fake.repository_url(&one);
    let url = |path: &str| format!("{api}/items/{path}?versionType=Commit&version={target}");
    let mut all: Vec<Value> = folders(fake, &one, &from, &target, &changes)
        .into_iter()
        .map(|(path, kind)| {
            json!({
                "item": {
                    "gitObjectType": "tree", "commitId": target, "path": format!("/{path}"), "isFolder": true,
                    "url": url(&path),
                },
                "changeType": kind,
            })
        })
        .collect();
    all.extend(changes.iter().map(|it| {
        json!({
            "item": {
                "objectId": it.sha, "gitObjectType": "blob", "commitId": target, "path": format!("/{}", it.path),
                "url": url(&it.path),
            },
            "changeType": kind(it),
        })
    }));
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for change in &all {
        let name = match change["changeType"].as_str() {
            Some("add") => "Add",
            Some("delete") => "Delete",
            _ => "Edit",
        };
        *counts.entry(name).or_default() += 1;
    }
    let (from, size) = window(call, 100, 2000);
    let end = all.len() <= from + size;
    let page: Vec<Value> = all.into_iter().skip(from).take(size).collect();
    Ok(Reply::json(
        200,
        &json!({
            "allChangesIncluded": end, "changeCounts": counts, "changes": page, "commonCommit": common,
            "baseCommit": base, "targetCommit": target,
            "aheadCount": git.between(&one.full_name, &base, &target).len(),
            "behindCount": git.between(&one.full_name, &target, &base).len(),
        }),
    ))
}

/// The changes of an iteration, 100 on a page by default and 2000 at most, from the merge base or from another iteration
/// (REST API 7.1, "Pull Request Iteration Changes - Get").
pub(super) fn of_iteration(fake: &Inner, call: &Call) -> Answer {
    let mut state = fake.state();
    let one = repository(&state, call)?;
    let pull = pull(&mut state, call)?.clone();
    drop(state);
    let find = |id: u64| pull.iterations.iter().find(|it| it.id == id);
    let wanted = find(call.number("iterationId")).ok_or_else(|| absent("The iteration"))?;
    let from = match number(call, "$compareTo", 0) {
        0 => &wanted.common,
        id => &find(id as u64).ok_or_else(|| absent("The iteration"))?.source,
    };
    let changes = fake.host.git.changes(&one.full_name, from, &wanted.source).unwrap_or_default();
    let (skip, size) = window(call, 100, 2000);
    let more = changes.len() > skip + size;
    let entry = |(index, it): (usize, &Change)| {
        json!({
            "changeTrackingId": index + 1, "changeId": index + 1, "changeType": kind(it),
            "item": { "objectId": it.sha, "path": format!("/{}", it.path) },
        })
    };
    let page: Vec<Value> = changes.iter().enumerate().skip(skip).take(size).map(entry).collect();
    let mut shown = json!({ "changeEntries": page });
    if more {
        shown["nextSkip"] = json!(skip + size);
        shown["nextTop"] = json!((changes.len() - skip - size).min(size));
    }
    Ok(Reply::json(200, &shown))
}
