//! Everything under a folder.

use std::collections::VecDeque;

use crate::path::TreePath;
use crate::snapshot::{Entry, EntryKind, ReadError, Snapshot};

/// A folder that a tool writes beside the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFolder {
    /// Its name. It is not entered where Git ignores it; what is tracked is code as any other.
    pub name: String,
    /// Folders in it that are not entered outside of a repository either.
    pub contents: Vec<String>,
}

/// What a walk leaves out, and when it gives up. `.git` is not even listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipRules {
    /// Folders that tools write.
    pub folders: Vec<GeneratedFolder>,
    /// The most names a walk takes in. A commit of a few kilobytes can name billions.
    pub most_items: usize,
    /// The most bytes their paths may have together.
    pub most_bytes: usize,
}

impl Default for SkipRules {
    fn default() -> Self {
        // npm's, which every kind of repository has.
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

/// What a walk comes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalkItem {
    /// A file.
    File {
        /// Where.
        path: TreePath,
        /// Its bytes.
        size: u64,
    },
    /// A link, which is not followed.
    Link {
        /// Where.
        path: TreePath,
        /// What it leads to; none where nothing is there.
        to: Result<Option<Entry>, ReadError>,
    },
    /// Another repository, which is not entered.
    Submodule {
        /// Where.
        path: TreePath,
    },
    /// A folder that is left out.
    SkippedFolder {
        /// Where.
        path: TreePath,
        /// The rule: the name that is left out.
        rule: String,
    },
    /// A folder that could not be listed.
    UnreadableFolder {
        /// Where.
        path: TreePath,
        /// Why.
        error: ReadError,
    },
}

impl WalkItem {
    /// Where it is.
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

/// Why there is nothing to walk, or too much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// The walk cannot begin.
    #[error("cannot walk `{path}`")]
    Start {
        /// Where it was to begin.
        path: TreePath,
        /// What stood against it.
        source: ReadError,
    },
    /// There is more than the rules allow.
    #[error(
        "there is too much under `{path}`, more than {most_items} names or {most_bytes} bytes of paths: \
             give a smaller folder or exclude some"
    )]
    TooMuch {
        /// Where the walk began.
        path: TreePath,
        /// The most names.
        most_items: usize,
        /// The most bytes of paths.
        most_bytes: usize,
    },
}

/// Shows everything under a path, in the order of the paths' bytes. A link or a submodule is shown and not
/// entered; where the path itself is a link, it is followed. A file is shown alone.
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
    // Level by level: the folders above stay open a while, so that each is reached from the one it is in.
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
