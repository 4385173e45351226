//! Git's ID of the tree of a commit. GitLab's API does not return it, but it returns the entries of the tree, which
//! determine it. <https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_tree_objects>

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use palisade_sdk::CallError;
use palisade_sdk::provider::json::text;
use palisade_sdk::provider::rest::part;
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use crate::api::{Api, project};

/// The number of digits of an ID in a repository with SHA-1.
const DIGITS: usize = 40;

/// An entry of a tree: the name by which Git sorts it, the mode, the name, the ID.
type Entry = (Vec<u8>, String, String, Vec<u8>);

fn entry(it: &Value) -> Option<Entry> {
    let (name, mode) = (text(it, "/name"), text(it, "/mode").trim_start_matches('0'));
    let id =
        HEXLOWER_PERMISSIVE.decode(text(it, "/id").as_bytes()).ok().filter(|it| it.len() == DIGITS / 2)?;
    if name.is_empty() || mode.is_empty() {
        return None;
    }
    let mut key = name.as_bytes().to_vec();
    // A folder is sorted as if its name ended with a slash.
    if mode == "40000" {
        key.push(b'/');
    }
    Some((key, mode.to_owned(), name.to_owned(), id))
}

/// The ID of a tree with these entries, as GitLab lists them; none if one is incomplete.
pub(crate) fn id_of_entries(entries: &[Value]) -> Option<String> {
    let mut all = entries.iter().map(entry).collect::<Option<Vec<Entry>>>()?;
    all.sort();
    let mut content = Vec::new();
    for (_, mode, name, id) in &all {
        content.extend_from_slice(mode.as_bytes());
        content.push(b' ');
        content.extend_from_slice(name.as_bytes());
        content.push(0);
        content.extend_from_slice(id);
    }
    let mut hash = Sha1::new();
    hash.update(format!("tree {}\0", content.len()).as_bytes());
    hash.update(&content);
    Some(HEXLOWER.encode(&hash.finalize()))
}

/// The ID of the tree of a commit.
///
/// # Errors
/// [`CallError::Other`] if the repository does not have SHA-1.
pub(crate) fn id_of_commit(api: &Api<'_>, repository: &str, commit: &str) -> Result<String, CallError> {
    let unknown = |why: &str| {
        CallError::Other(format!("the tree of commit {commit} of `{repository}` is unknown: {why}"))
    };
    if commit.len() != DIGITS || !commit.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err(unknown("only full IDs with SHA-1 are supported"));
    }
    let place = format!("{}/repository/tree?ref={}&per_page=100", project(repository), part(commit));
    let entries = api.every(&place, &format!("the tree of commit {commit} of `{repository}`"))?;
    id_of_entries(&entries).ok_or_else(|| unknown("GitLab returns an entry without ID, mode or name"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_id_is_the_one_of_git() {
        let blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        let file = |name: &str| json!({"name": name, "mode": "100644", "type": "blob", "id": blob});
        let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let folder = |name: &str| json!({"name": name, "mode": "040000", "type": "tree", "id": empty});
        for (entries, expected) in [
            (vec![], Some(empty)),
            (vec![file("a")], Some("496d6428b9cf92981dc9495211e6e1120fb6f2ba")),
            // `git mktree` of the same entries: the folder `a` is sorted as `a/`, after `a.b`.
            (vec![folder("a"), file("a.b")], Some("4748f64e371b23af90aa080a2707e7ec7b5cd731")),
            (vec![json!({"name": "a", "mode": "100644"})], None),
        ] {
            assert_eq!(id_of_entries(&entries).as_deref(), expected, "{entries:?}");
        }
    }
}
