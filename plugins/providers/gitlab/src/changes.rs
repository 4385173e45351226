//! The files that a push changed. <https://docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits>

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{flag, text};
use palisade_sdk::provider::rest::{invalid_cursor, part};
use palisade_sdk::provider::{ChangeKind, ChangePage, FileChange};
use serde_json::Value;

use crate::api::{Api, good, project};
use crate::repositories::default_branch;

/// The default maximum number of files of a diff; GitLab omits the others without a note.
/// <https://docs.gitlab.com/administration/diff_limits/>
const FILES: usize = 1_000;

/// The hunks of a diff. Older servers put the names of the files before them.
fn hunks(diff: &str) -> Option<String> {
    let at = if diff.starts_with("@@") { 0 } else { diff.find("\n@@").map(|it| it + 1)? };
    diff.get(at..).map(str::to_owned)
}

fn change(it: &Value) -> FileChange {
    let kind = if flag(it, "/new_file") {
        ChangeKind::Added
    } else if flag(it, "/deleted_file") {
        ChangeKind::Removed
    } else if flag(it, "/renamed_file") {
        ChangeKind::Renamed
    } else {
        ChangeKind::Modified
    };
    let path = text(it, "/new_path").to_owned();
    let previous = if kind == ChangeKind::Renamed { text(it, "/old_path").to_owned() } else { path.clone() };
    FileChange { path, previous_path: previous, kind, patch: hunks(text(it, "/diff")) }
}

pub(crate) fn changes(
    api: &Api<'_>,
    repository: &str,
    base: &str,
    head: &str,
    cursor: Option<&str>,
) -> Result<ChangePage, CallError> {
    if cursor.is_some() {
        return Err(invalid_cursor());
    }
    // In a push that creates a branch, the base has only zeros.
    let has_base = base.bytes().any(|it| it != b'0');
    let from = if has_base {
        base.to_owned()
    } else {
        default_branch(api, repository)?
            .ok_or_else(|| CallError::InvalidInput(format!("`{repository}` has no default branch")))?
    };
    // A straight comparison is from commit to commit, the other one from the merge base.
    let path = format!(
        "{}/repository/compare?from={}&to={}&straight={has_base}",
        project(repository),
        part(&from),
        part(head)
    );
    let answer =
        good(api.get(&path, None)?, &format!("the comparison of {from} with {head} of `{repository}`"))?;
    let items: Vec<FileChange> = answer.list("diffs").iter().map(change).collect();
    let complete = !flag(&answer.body, "/compare_timeout") && items.len() < FILES;
    Ok(ChangePage { items, next: None, complete })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hunks_remain() {
        for (diff, expected) in [
            ("@@ -1 +1 @@\n-a\n+b\n", Some("@@ -1 +1 @@\n-a\n+b\n")),
            ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n", Some("@@ -1 +1 @@\n")),
            ("Binary files differ\n", None),
            ("", None),
        ] {
            assert_eq!(hunks(diff).as_deref(), expected, "{diff}");
        }
    }
}
