//! What the host must look at again after a delivery.

use palisade_sdk::provider::json::{flag, id, text};
use palisade_sdk::provider::{Hint, comment};
use serde_json::Value;

use crate::event::repository;

/// Changes that the update of a merge request may have, and that change its diff, its target or whether it is ready.
const CHANGES: [&str; 4] =
    ["/changes/target_branch", "/changes/draft", "/changes/work_in_progress", "/changes/state_id"];

/// States of a pipeline before its first result.
const STARTING: [&str; 5] = ["created", "waiting_for_resource", "preparing", "pending", "running"];

/// The hints of an event.
pub(crate) fn hints(kind: &str, body: &Value) -> Vec<Hint> {
    let hint = match kind {
        "merge_request" => pull(body),
        "note" => recheck(body),
        "pipeline" => merge_group(body),
        "project_create" | "project_destroy" | "project_rename" | "project_transfer" | "project_update"
        | "group_rename" | "group_destroy" | "subgroup_create" | "subgroup_destroy" => {
            Some(Hint::Repositories)
        }
        _ => None,
    };
    hint.into_iter().collect()
}

/// None if the project or the number is missing, and for changes of text, labels, people and approvals.
/// <https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events>
fn pull(body: &Value) -> Option<Hint> {
    let of = |name: &str| format!("/object_attributes/{name}");
    match text(body, &of("action")) {
        // `oldrev` is present if the head changed.
        "update" => {
            let is_pushed = !text(body, &of("oldrev")).is_empty();
            // For another target, some servers report only that they must check the merge again.
            let is_unchecked = text(body, "/changes/merge_status/current") == "unchecked";
            let is_changed = is_unchecked || CHANGES.iter().any(|it| body.pointer(it).is_some());
            (is_pushed || is_changed).then_some(())?;
        }
        "approved" | "unapproved" | "approval" | "unapproval" => return None,
        _ => {}
    }
    let (repository, id) = (repository(body), id(body, &of("iid")));
    (!repository.is_empty() && !id.is_empty()).then(|| Hint::Pull {
        repository: repository.to_owned(),
        id,
        head_sha: text(body, &of("last_commit/id")).to_owned(),
        base_ref: text(body, &of("target_branch")).to_owned(),
    })
}

/// A comment that is written, not one that is edited, and not a line that GitLab writes itself.
fn recheck(body: &Value) -> Option<Hint> {
    let note = text(body, "/object_attributes/note");
    let is_written = matches!(text(body, "/object_attributes/action"), "" | "create");
    let is_on_pull = text(body, "/object_attributes/noteable_type") == "MergeRequest";
    let is_request = comment::asks_again(note);
    let (repository, id) = (repository(body), id(body, "/merge_request/iid"));
    let is_complete = !repository.is_empty() && !id.is_empty();
    (is_written && is_on_pull && is_request && is_complete && !flag(body, "/object_attributes/system"))
        .then(|| Hint::Recheck { repository: repository.to_owned(), id })
}

/// Whether a reference is that of a merge train: `refs/merge-requests/N/train`.
/// <https://docs.gitlab.com/ci/pipelines/merge_trains/>
fn is_train(reference: &str) -> bool {
    let number = reference.strip_prefix("refs/merge-requests/").and_then(|it| it.strip_suffix("/train"));
    number.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

/// The pipeline of a merge train that starts. GitLab may name the source branch as its reference: then the message of
/// its commit ends with that of the train.
fn merge_group(body: &Value) -> Option<Hint> {
    let of = |name: &str| text(body, &format!("/object_attributes/{name}"));
    let message = text(body, "/commit/message").lines().next().and_then(|it| it.rsplit(' ').next());
    let is_merge = of("source") == "merge_request_event" && message.is_some_and(is_train);
    let (repository, head_sha, base_ref) =
        (repository(body), of("sha"), text(body, "/merge_request/target_branch"));
    let is_complete = [repository, head_sha, base_ref].iter().all(|it| !it.is_empty());
    let is_starting = STARTING.contains(&of("status"));
    ((is_train(of("ref")) || is_merge) && is_starting && is_complete).then(|| Hint::MergeGroup {
        repository: repository.to_owned(),
        head_sha: head_sha.to_owned(),
        // The delivery does not name it.
        base_sha: String::new(),
        base_ref: base_ref.to_owned(),
    })
}
