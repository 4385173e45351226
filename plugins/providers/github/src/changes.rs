//! The files that differ between two commits of a push.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::{part, path};
use palisade_sdk::provider::{ChangeKind, ChangePage, FileChange};
use serde_json::Value;

use crate::api::{Api, good};

/// The maximum number of files that GitHub lists in a comparison.
/// <https://docs.github.com/en/rest/commits/commits#compare-two-commits>
const MOST_FILES: usize = 300;

fn change(it: &Value) -> FileChange {
    let path = text(it, "/filename");
    let previous = text(it, "/previous_filename");
    FileChange {
        path: path.to_owned(),
        previous_path: if previous.is_empty() { path } else { previous }.to_owned(),
        kind: match text(it, "/status") {
            "added" | "copied" => ChangeKind::Added,
            "removed" => ChangeKind::Removed,
            "renamed" => ChangeKind::Renamed,
            _ => ChangeKind::Modified,
        },
        patch: it.get("patch").and_then(Value::as_str).map(str::to_owned),
    }
}

/// The first page has all files, whatever the number of commits.
pub(crate) fn changes(
    api: &Api<'_>,
    repository: &str,
    base: &str,
    head: &str,
    cursor: Option<&str>,
) -> Result<ChangePage, CallError> {
    let base = if base.is_empty() {
        let answer =
            good(api.get(&format!("/repos/{}", path(repository)), None)?, &format!("`{repository}`"))?;
        text(&answer.body, "/default_branch").to_owned()
    } else {
        base.to_owned()
    };
    let place = format!("/repos/{}/compare/{}...{}?per_page=1", path(repository), part(&base), part(head));
    let answer = good(api.get(&place, cursor)?, &format!("the comparison of {base} with {head}"))?;
    let items: Vec<FileChange> = answer.list("files").iter().map(change).collect();
    Ok(ChangePage { complete: items.len() < MOST_FILES, items, next: None })
}
