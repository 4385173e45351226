//! Walks everything under a folder.

use std::collections::VecDeque;

use crate::path::TreePath;
use crate::snapshot::{Entry, EntryKind, ReadError, Snapshot};

/// A folder that a tool generates beside the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFolder {
    /// Its name. It is skipped if Git ignores it; tracked files in it are code like any other.
    pub name: String,
    /// Folders in it that are skipped outside of a repository too.
    pub contents: Vec<String>,
}

/// What a walk skips, and its limits. `.git` is never listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipRules {
    /// Folders that tools generate.
    pub folders: Vec<GeneratedFolder>,
    /// The most names in a walk. A commit of a few kilobytes can contain billions.
    pub most_items: usize,
    /// The most bytes of all paths together.
    pub most_bytes: usize,
}

impl Default for SkipRules {
    fn default() -> Self {
        // For npm, in any repository.
        let packages = GeneratedFolder { name: "node_modules".to_owned(), contents: Vec::new() };
        Self { folders: vec![packages], most_items: 2_000_000, most_bytes: 512 << 20 }
    }
}

impl SkipRules {
    fn skips(&self, snapshot: &dyn Snapshot, path: &TreePath, name: &str) -> bool {
        let listed = self.folders.iter().any(|it| it.name == name);
        let parent = path.parent();
        let within = parent.as_ref().and_then(TreePath::name);
        let in_one = within.is_some_and(|within| {
            self.folders.iter().any(|it| it.name == within && it.contents.iter().any(|it| it == name))
        });
        if !listed && !in_one {
            return false;
        }
        match snapshot.ignores(path) {
            Some(ignored) => listed && ignored,
            None => in_one,
        }
    }
}

/// An item of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkItem {
    /// A file.
    File {
        /// Its path.
        path: TreePath,
        /// Its size in bytes.
        size: u64,
    },
    /// A link, which is not followed.
    Link {
        /// Its path.
        path: TreePath,
        /// The entry of its target; none if that does not exist.
        to: Result<Option<Entry>, ReadError>,
    },
    /// A submodule, which is not entered.
    Submodule {
        /// Its path.
        path: TreePath,
    },
    /// A folder that is skipped.
    SkippedFolder {
        /// Its path.
        path: TreePath,
        /// The rule: the name that is skipped.
        rule: String,
    },
    /// A folder that could not be listed.
    UnreadableFolder {
        /// Its path.
        path: TreePath,
        /// Reason.
        error: ReadError,
    },
}

impl WalkItem {
    /// Path of the item.
    pub fn path(&self) -> &TreePath {
        match self {
            Self::File { path, .. }
            | Self::Link { path, .. }
            | Self::Submodule { path }
            | Self::SkippedFolder { path, .. }
            | Self::UnreadableFolder { path, .. } => path,
        }
    }
}

/// Why a walk failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// The walk cannot start.
    #[error("cannot walk `{path}`")]
    Start {
        /// The path to start at.
        path: TreePath,
        /// Reason.
        source: ReadError,
    },
    /// A limit of the rules was exceeded.
    #[error(
        "there is too much under `{path}`, more than {most_items} names or {most_bytes} bytes of paths: \
             give a smaller folder or exclude some"
    )]
    TooMuch {
        /// The path where the walk started.
        path: TreePath,
        /// The most names.
        most_items: usize,
        /// The most bytes of paths.
        most_bytes: usize,
    },
}

/// Returns everything under a path, in the order of the bytes of the paths. Links and submodules are returned and not
/// entered; if the path itself is a link, it is followed. A file is returned alone.
pub fn walk(
    snapshot: &dyn Snapshot,
    from: &TreePath,
    skip: &SkipRules,
    on: &mut dyn FnMut(WalkItem),
) -> Result<(), WalkError> {
    let start = |source| WalkError::Start { path: from.clone(), source };
    let entry = snapshot.stat(from).map_err(start)?.ok_or_else(|| start(ReadError::Absent))?;
    let mut found = Found { items: Vec::new(), folders: VecDeque::new(), count: 0, bytes: 0 };
    found.add(from.clone(), entry.kind, entry.size, snapshot);
    // Level by level: parent folders stay open for a while, so that each folder is opened from its parent.
    while let Some(folder) = found.folders.pop_front() {
        let entries = match snapshot.list(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.items.push(WalkItem::UnreadableFolder { path: folder, error });
                continue;
            }
        };
        for entry in entries {
            let path = folder.child(&entry.name);
            if entry.kind == EntryKind::Folder && skip.skips(snapshot, &path, &entry.name) {
                found.count += 1;
                found.items.push(WalkItem::SkippedFolder { path, rule: entry.name });
            } else {
                found.add(path, entry.kind, entry.size, snapshot);
            }
            if found.count > skip.most_items || found.bytes > skip.most_bytes {
                let (most_items, most_bytes) = (skip.most_items, skip.most_bytes);
                return Err(WalkError::TooMuch { path: from.clone(), most_items, most_bytes });
            }
        }
    }
    found.items.sort_by(|one, other| one.path().cmp(other.path()));
    found.items.into_iter().for_each(on);
    Ok(())
}

struct Found {
    items: Vec<WalkItem>,
    folders: VecDeque<TreePath>,
    count: usize,
    bytes: usize,
}

impl Found {
    fn add(&mut self, path: TreePath, kind: EntryKind, size: u64, snapshot: &dyn Snapshot) {
        self.count += 1;
        self.bytes += path.as_str().len();
        match kind {
            EntryKind::File => self.items.push(WalkItem::File { path, size }),
            EntryKind::Link => {
                let to = snapshot.stat(&path);
                self.items.push(WalkItem::Link { path, to });
            }
            EntryKind::Submodule => self.items.push(WalkItem::Submodule { path }),
            EntryKind::Folder => self.folders.push_back(path),
        }
    }
}
