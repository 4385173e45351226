//! What the host must look at again after a delivery.
//!
//! <https://learn.microsoft.com/azure/devops/service-hooks/events>

use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::{Hint, comment};
use serde_json::Value;

use crate::api::{branch_name, full_name};

/// The event of a new or edited comment on a pull request.
pub(crate) const COMMENT: &str = "ms.vss-code.git-pullrequest-comment-event";

/// The hints of an event.
pub(crate) fn hints(kind: &str, body: &Value) -> Vec<Hint> {
    let resource = body.get("resource").unwrap_or(&Value::Null);
    let hint = match kind {
        "git.pullrequest.created" | "git.pullrequest.updated" | "git.pullrequest.merged" => pull(resource),
        COMMENT => recheck(resource),
        "git.repo.created"
        | "git.repo.deleted"
        | "git.repo.undeleted"
        | "git.repo.forked"
        | "git.repo.renamed"
        | "git.repo.statuschanged" => Some(Hint::Repositories),
        _ => None,
    };
    hint.into_iter().collect()
}

/// The repository and the number of a pull request; none if one of them is missing.
fn place(pull: &Value) -> Option<(String, String)> {
    let repository = full_name(pull.get("repository").unwrap_or(&Value::Null));
    let id = id(pull, "/pullRequestId");
    (!repository.is_empty() && !id.is_empty()).then_some((repository, id))
}

fn pull(resource: &Value) -> Option<Hint> {
    let (repository, id) = place(resource)?;
    Some(Hint::Pull {
        repository,
        id,
        head_sha: text(resource, "/lastMergeSourceCommit/commitId").to_owned(),
        base_ref: branch_name(text(resource, "/targetRefName")).to_owned(),
    })
}

/// A comment that requests the check again. Version 1.0 of the resource does not name the pull request.
fn recheck(resource: &Value) -> Option<Hint> {
    let asks = comment::asks_again(text(resource, "/comment/content"));
    if !asks || flag(resource, "/comment/isDeleted") {
        return None;
    }
    let (repository, id) = place(resource.get("pullRequest")?)?;
    Some(Hint::Recheck { repository, id })
}
