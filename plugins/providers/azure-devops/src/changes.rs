//! The files that differ between two commits of a push.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::{first_text, flag, text};
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{ChangeKind, ChangePage, FileChange};
use serde_json::Value;

use crate::api::{Api, branch_name, git, skip};
use crate::repositories::repository;
use crate::words::has_change;

/// Changes of a page.
const TOP: usize = 100;

/// A changed file; none for a folder, and for the old path of a renamed file, which the entry of its new path has.
fn change(it: &Value) -> Option<FileChange> {
    let path = text(it, "/item/path").trim_start_matches('/');
    let is_folder = flag(it, "/item/isFolder") || text(it, "/item/gitObjectType") == "tree";
    let has = |kind: &str| has_change(it, "/changeType", kind);
    if path.is_empty() || is_folder || has("sourceRename") {
        return None;
    }
    let kind = if has("delete") {
        ChangeKind::Removed
    } else if has("rename") || has("targetRename") {
        ChangeKind::Renamed
    } else if has("add") || has("undelete") {
        ChangeKind::Added
    } else {
        ChangeKind::Modified
    };
    let previous = match first_text(it, &["/sourceServerItem", "/originalPath"]).trim_start_matches('/') {
        "" => path,
        previous => previous,
    };
    // The API has no hunks.
    Some(FileChange { path: path.to_owned(), previous_path: previous.to_owned(), kind, patch: None })
}

/// <https://learn.microsoft.com/rest/api/azure/devops/git/diffs/get>
pub(crate) fn changes(
    api: &Api<'_>,
    full_name: &str,
    base: &str,
    head: &str,
    cursor: Option<&str>,
) -> Result<ChangePage, CallError> {
    let skip = skip(cursor)?;
    let from = if base.is_empty() {
        let what = || CallError::InvalidInput(format!("repository `{full_name}` not found"));
        let repository = repository(api, full_name)?.ok_or_else(what)?;
        let default = branch_name(text(&repository, "/defaultBranch")).to_owned();
        // The difference of the merge base and the head.
        format!("baseVersion={}&baseVersionType=branch&diffCommonCommit=true", part(&default))
    } else {
        format!("baseVersion={}&baseVersionType=commit&diffCommonCommit=false", part(base))
    };
    let place = format!(
        "{}/diffs/commits?{from}&targetVersion={}&targetVersionType=commit&$top={TOP}&$skip={skip}",
        git(full_name)?,
        part(head)
    );
    let answer = api.good(api.get(&place)?, &format!("the changes of {head} of `{full_name}`"))?;
    let all = answer.list("changes");
    let next = (all.len() >= TOP).then(|| skip.saturating_add(all.len()).to_string());
    let left_out = answer.body.get("allChangesIncluded").and_then(Value::as_bool) == Some(false);
    // A page of several does not have all changes; the only page must have them.
    let complete = next.is_some() || skip > 0 || !left_out;
    Ok(ChangePage { items: all.iter().filter_map(change).collect(), next, complete })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_of_files() {
        let shown = |it: Value| {
            change(&it)
                .map(|it| format!("{:?} {} {}", it.kind, it.path, it.previous_path))
                .unwrap_or_default()
        };
        for (kind, item, source, expected) in [
            (json!("add"), json!({"path": "/a.tf"}), "", "ChangeKind::Added a.tf a.tf"),
            (json!(2), json!({"path": "/d/a.tf"}), "", "ChangeKind::Modified d/a.tf d/a.tf"),
            (json!("edit, rename"), json!({"path": "/b.tf"}), "/a.tf", "ChangeKind::Renamed b.tf a.tf"),
            (json!("delete, sourceRename"), json!({"path": "/a.tf"}), "", ""),
            (json!("delete"), json!({"path": "/a.tf"}), "", "ChangeKind::Removed a.tf a.tf"),
            (json!("edit"), json!({"path": "/d", "isFolder": true}), "", ""),
            (json!("edit"), json!({"path": "/d", "gitObjectType": "tree"}), "", ""),
            (json!("edit"), json!({}), "", ""),
        ] {
            let it = json!({ "changeType": kind, "item": item, "sourceServerItem": source });
            assert_eq!(shown(it), expected, "{kind} {item}");
        }
    }
}
