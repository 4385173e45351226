//! What others changed in a published check.

use palisade_sdk::CallError;
use palisade_sdk::provider::comment::{self, Comment};
use palisade_sdk::provider::json::{id, text};
use palisade_sdk::provider::{Annotation, Check, CheckState};
use serde_json::Value;

use crate::api::Api;
use crate::{check as published, discussions, status};

/// A short form of a commit.
fn short(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

/// The sentence about a changed status.
fn changed_status(found: Option<&Value>, check: &Check, state: &str, user: &str) -> Option<String> {
    let commit = short(&check.head_sha);
    let Some(found) = found else {
        return Some(format!("the status `{}` of `{commit}` is missing in the latest pipeline", check.name));
    };
    let (now, by) = (text(found, "/status"), text(found, "/author/username"));
    // A status that another attempt sets in a moment is not a change.
    let is_ours = id(found, "/author/id") == user && now == state;
    (!is_ours).then(|| format!("the status `{}` of `{commit}` was set to `{now}` by `{by}`", check.name))
}

/// What others changed in a published check, in Markdown. It needs three requests for a merge request: its state, the
/// statuses, the discussions.
pub(crate) fn inspect(api: &Api<'_>, repository: &str, check: &Check) -> Result<Vec<String>, CallError> {
    let (state, user) = (status::state(check)?, api.user_id()?);
    let merges = published::merges(api, repository, check)?;
    let mut changes = Vec::new();
    for place in status::places(repository, check, &merges) {
        let found = status::find(api, &place, check)?;
        changes.extend(changed_status(found.as_ref(), check, state, &user));
    }
    if check.state != CheckState::Completed {
        return Ok(changes);
    }
    for merge in merges.iter().filter(|it| published::is_current(it, check)) {
        let number = id(merge, "/iid");
        let threads = discussions::read(api, repository, &number, &check.owner, &user)?;
        let existing: Vec<Comment> = threads.iter().map(|it| it.comment.clone()).collect();
        // Which violations outside of these have a line in the diff is not known here.
        let has = |it: &&Annotation| existing.iter().any(|comment| comment.key == it.key);
        let wanted: Vec<Annotation> = check.annotations.iter().filter(has).cloned().collect();
        let plan = comment::plan(check, &wanted, &existing);
        let title = |comment: &Comment| {
            let found = wanted.iter().find(|it| it.key == comment.key);
            comment::code(found.map(|it| it.title.as_str()).unwrap_or_default())
        };
        for it in &plan.reopen {
            let thread = threads.iter().find(|thread| thread.comment.id == it.id);
            let by = thread.map(|it| it.resolved_by.as_str()).unwrap_or_default();
            changes.push(format!(
                "the discussion {} on merge request {number} was resolved by {}, but the violation is present",
                title(it),
                comment::code(by)
            ));
        }
        for (comment, _) in &plan.update {
            changes.push(format!(
                "the text of the discussion {} on merge request {number} was changed",
                title(comment)
            ));
        }
        let summary = existing.iter().find(|it| it.key == comment::SUMMARY);
        if comment::summary(check, summary).is_some() {
            let what = if summary.is_some() { "changed" } else { "deleted" };
            changes.push(format!("the summary on merge request {number} was {what}"));
        }
    }
    Ok(changes)
}
