//! Whether a change touches a folder.

use palisade_source::{EntryKind, Snapshot, TreePath};

/// Whether anything under a folder differs between two trees. What cannot be read counts as different.
pub(crate) fn touched(one: &dyn Snapshot, other: &dyn Snapshot, folder: &TreePath) -> bool {
    let mut folders = vec![folder.clone()];
    while let Some(folder) = folders.pop() {
        let (Ok(here), Ok(there)) = (one.list(&folder), other.list(&folder)) else { return true };
        if here != there {
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
                // Where a link leads is inside of what is compared, or outside of what can be read.
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
