//! Folders that Git ignores and does not track.

use std::path::Path;

use gix::ThreadSafeRepository;
use gix::index::entry::Mode;
use gix::worktree::stack::state::ignore::Source;

use crate::path::TreePath;
use crate::root::find_root;

/// The work tree that contains a folder.
pub(crate) struct WorkTree {
    repository: ThreadSafeRepository,
    /// Path of the folder in the work tree.
    inside: TreePath,
}

impl WorkTree {
    /// The work tree around a folder, if there is one.
    pub(crate) fn around(folder: &Path) -> Option<WorkTree> {
        let found = find_root(folder).ok()?;
        // The user's own configuration is read, since it may name a file of patterns.
        let repository = ThreadSafeRepository::open(found.git?).ok()?;
        Some(WorkTree { repository, inside: found.inside })
    }

    /// Whether a folder is ignored and nothing in it is tracked. If this cannot be determined, the folder is not
    /// ignored.
    pub(crate) fn ignores(&self, folder: &TreePath) -> bool {
        self.ask(folder).unwrap_or(false)
    }

    fn ask(&self, folder: &TreePath) -> Option<bool> {
        let repository = self.repository.to_thread_local();
        let index = repository.index_or_empty().ok()?;
        let path = self.inside.join(folder.as_str()).ok()?;
        if index.prefixed_entries(format!("{path}/").as_str().into()).is_some() {
            return Some(false);
        }
        let mut patterns =
            repository.excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped).ok()?;
        Some(patterns.at_entry(path.as_str(), Some(Mode::DIR)).ok()?.is_excluded())
    }
}
