//! The files that differ between two commits of a push.

use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::part;
use palisade_sdk::provider::{ChangeKind, ChangePage, FileChange};
use serde_json::Value;

use crate::api::{Api, good, next, repository};
use crate::{diff, repositories};

/// The number of files of a page: their hunks are one request, whose URL names them.
const PAGE: usize = 30;

fn change(it: &Value) -> FileChange {
    let (old, new) = (text(it, "/old/path"), text(it, "/new/path"));
    let path = if new.is_empty() { old } else { new };
    FileChange {
        path: path.to_owned(),
        previous_path: if old.is_empty() { path } else { old }.to_owned(),
        kind: match text(it, "/status") {
            "added" => ChangeKind::Added,
            "removed" => ChangeKind::Removed,
            "renamed" => ChangeKind::Renamed,
            _ => ChangeKind::Modified,
        },
        patch: None,
    }
}

/// Adds the hunks of the files of a page; a diff that is too large has none.
fn add_patches(api: &Api<'_>, place: &str, what: &str, items: &mut [FileChange]) -> Result<(), CallError> {
    let mut query = String::new();
    for it in items.iter() {
        // A renaming is only recognised with both paths.
        let previous = (it.previous_path != it.path).then_some(&it.previous_path);
        for path in [&it.path].into_iter().chain(previous) {
            query.push_str("&path=");
            query.push_str(&part(path));
        }
    }
    if query.is_empty() {
        return Ok(());
    }
    let Some(text) = api.raw(&format!("{place}&binary=false{query}"), what)? else { return Ok(()) };
    let parts = diff::parts(&text);
    for it in items {
        let found = parts.iter().find(|one| one.new == it.path || (one.new.is_empty() && one.old == it.path));
        it.patch = found.map(|one| one.hunks.to_owned());
    }
    Ok(())
}

/// Bitbucket names the newer commit first. With `topic`, the older side is the merge base.
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commits/#api-repositories-workspace-repo-slug-diffstat-spec-get>
pub(crate) fn changes(
    api: &Api<'_>,
    name: &str,
    base: &str,
    head: &str,
    cursor: Option<&str>,
) -> Result<ChangePage, CallError> {
    let is_new = base.bytes().all(|it| it == b'0');
    let base = if is_new {
        let found = repositories::branch(api, name, "")?;
        found.ok_or_else(|| CallError::InvalidInput(format!("`{name}` has no default branch")))?
    } else {
        base.to_owned()
    };
    let what = format!("the comparison of {base} with {head} of `{name}`");
    let spec = format!("{}..{}?topic={is_new}", part(head), part(&base));
    let place = format!("{}/diffstat/{spec}&pagelen={PAGE}", repository(name));
    let answer = good(api.get(&place, cursor)?, &what)?;
    let mut items: Vec<FileChange> = answer.list("values").iter().map(change).collect();
    for page in items.chunks_mut(PAGE) {
        add_patches(api, &format!("{}/diff/{spec}", repository(name)), &what, page)?;
    }
    Ok(ChangePage { items, next: next(&answer), complete: true })
}
