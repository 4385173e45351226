//! What the host must look at again after a delivery.

use palisade_sdk::provider::{Hint, comment};
use serde_json::Value;

use palisade_sdk::provider::json::{id, text};

/// The hints of an event.
pub(crate) fn hints(kind: &str, body: &Value) -> Vec<Hint> {
    let action = text(body, "/action");
    let hint = match (kind, action) {
        ("pull_request", "opened" | "synchronize" | "reopened" | "ready_for_review" | "closed") => pull(body),
        // A new base changes the diff and the branch pattern. Other edits change only text.
        ("pull_request", "edited") if body.pointer("/changes/base").is_some() => pull(body),
        ("merge_group", "checks_requested") => merge_group(body),
        ("check_run", "rerequested") => {
            let external_id = Some(text(body, "/check_run/external_id")).filter(|it| !it.is_empty());
            rerun(body, "/check_run/head_sha", external_id)
        }
        ("issue_comment", "created") => recheck(body),
        ("check_suite", "rerequested") => rerun(body, "/check_suite/head_sha", None),
        ("installation", "created" | "deleted" | "suspend" | "unsuspend" | "new_permissions_accepted")
        | ("installation_target", _) => Some(Hint::Integration),
        ("installation_repositories", "added" | "removed")
        | (
            "repository",
            "created" | "deleted" | "renamed" | "transferred" | "archived" | "unarchived" | "edited",
        ) => Some(Hint::Repositories),
        _ => None,
    };
    hint.into_iter().collect()
}

/// None if the repository or the number is missing.
fn pull(body: &Value) -> Option<Hint> {
    let (repository, id) = (text(body, "/repository/full_name"), id(body, "/pull_request/number"));
    (!repository.is_empty() && !id.is_empty()).then(|| Hint::Pull {
        repository: repository.to_owned(),
        id,
        head_sha: text(body, "/pull_request/head/sha").to_owned(),
        base_ref: text(body, "/pull_request/base/ref").to_owned(),
    })
}

/// A comment on a pull request that requests its check again. An issue has no `pull_request`.
fn recheck(body: &Value) -> Option<Hint> {
    let (repository, id) = (text(body, "/repository/full_name"), id(body, "/issue/number"));
    let is_pull = body.pointer("/issue/pull_request").is_some_and(Value::is_object);
    let asks = is_pull && comment::asks_again(text(body, "/comment/body"));
    (asks && !repository.is_empty() && !id.is_empty())
        .then(|| Hint::Recheck { repository: repository.to_owned(), id })
}

fn merge_group(body: &Value) -> Option<Hint> {
    let repository = text(body, "/repository/full_name");
    let (head_sha, base_sha) = (text(body, "/merge_group/head_sha"), text(body, "/merge_group/base_sha"));
    let base_ref = text(body, "/merge_group/base_ref");
    let base_ref = base_ref.strip_prefix("refs/heads/").unwrap_or(base_ref);
    [repository, head_sha, base_sha, base_ref].iter().all(|it| !it.is_empty()).then(|| Hint::MergeGroup {
        repository: repository.to_owned(),
        head_sha: head_sha.to_owned(),
        base_sha: base_sha.to_owned(),
        base_ref: base_ref.to_owned(),
    })
}

fn rerun(body: &Value, head_sha: &str, external_id: Option<&str>) -> Option<Hint> {
    let (repository, head_sha) = (text(body, "/repository/full_name"), text(body, head_sha));
    (!repository.is_empty() && !head_sha.is_empty()).then(|| Hint::Rerun {
        repository: repository.to_owned(),
        head_sha: head_sha.to_owned(),
        external_id: external_id.map(str::to_owned),
    })
}
