//! Whether a change touches a folder.

use palisade_source::{EntryKind, Snapshot, TreePath};

/// The most folders and files that are compared one by one; more count as different.
const MOST: usize = 200_000;

/// Whether anything under a folder differs between two trees. What cannot be read counts as different. Where both are
/// commits, Git's own ids say so; where not, each file is read.
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
