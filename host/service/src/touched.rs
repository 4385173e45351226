//! Detection of changes in a folder.

use palisade_source::{EntryKind, Snapshot, TreePath};

/// The maximum number of entries that are compared one by one; a larger folder counts as different.
const MOST: usize = 200_000;

/// Whether anything under a folder differs between two trees. Unreadable entries count as different. If both are
/// commits, Git's object ids are compared, else each file is read.
pub(crate) fn touched(one: &dyn Snapshot, other: &dyn Snapshot, folder: &TreePath) -> bool {
    if let (Ok(Some(one)), Ok(Some(other))) = (one.object(folder), other.object(folder)) {
        return one != other;
    }
    let mut folders = vec![folder.clone()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        let (Ok(here), Ok(there)) = (one.list(&folder), other.list(&folder)) else { return true };
        seen += here.len() + 1;
        if here != there || seen > MOST {
            return true;
        }
        for entry in here {
            let Ok(path) = folder.join(&entry.name) else { return true };
            match entry.kind {
                EntryKind::Folder => folders.push(path),
                EntryKind::File => {
                    let same = match (one.read(&path), other.read(&path)) {
                        (Ok(one), Ok(other)) => one.digest == other.digest,
                        _ => false,
                    };
                    if !same {
                        return true;
                    }
                }
                // The target of a link is in the compared tree, or cannot be read.
                EntryKind::Link => {
                    if one.read(&path).map(|it| it.digest) != other.read(&path).map(|it| it.digest) {
                        return true;
                    }
                }
                EntryKind::Submodule => {}
            }
        }
    }
    false
}
