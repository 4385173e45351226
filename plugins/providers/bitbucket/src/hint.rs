//! What the host must look at again after a delivery.

use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::{Hint, comment};
use serde_json::Value;

/// The hints of an event. <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>
pub(crate) fn hints(key: &str, body: &Value) -> Vec<Hint> {
    let hint = match key {
        "pullrequest:created"
        | "pullrequest:updated"
        | "pullrequest:push"
        | "pullrequest:fulfilled"
        | "pullrequest:rejected" => pull(body),
        "pullrequest:comment_created" if comment::asks_again(text(body, "/comment/content/raw")) => {
            recheck(body)
        }
        "repo:created" | "repo:deleted" | "repo:imported" | "repo:transfer" | "repo:updated" => {
            Some(Hint::Repositories)
        }
        _ => None,
    };
    hint.into_iter().collect()
}

/// The repository and the id of the pull request; none if one is missing.
fn subject(body: &Value) -> Option<(String, String)> {
    let (repository, id) = (text(body, "/repository/full_name"), id(body, "/pullrequest/id"));
    (!repository.is_empty() && !id.is_empty()).then(|| (repository.to_owned(), id))
}

fn pull(body: &Value) -> Option<Hint> {
    let (repository, id) = subject(body)?;
    Some(Hint::Pull {
        repository,
        id,
        // 12 characters.
        head_sha: text(body, "/pullrequest/source/commit/hash").to_owned(),
        base_ref: text(body, "/pullrequest/destination/branch/name").to_owned(),
    })
}

fn recheck(body: &Value) -> Option<Hint> {
    let (repository, id) = subject(body)?;
    Some(Hint::Recheck { repository, id })
}
