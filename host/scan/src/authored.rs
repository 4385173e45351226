//! A tree without files that imitate the output of tools.

use std::sync::Arc;

use palisade_source::{Content, Entry, ReadError, Snapshot, TreePath};

/// A tree in which the output of tools cannot be imitated: files of generated folders, such as the list of modules that
/// `init` writes, are shown only if Git ignores the folder. Otherwise anyone who commits such a list could decide what
/// a remote module contains.
pub(crate) struct Authored {
    tree: Arc<dyn Snapshot>,
    /// Their paths, from the generated folder.
    files: Vec<String>,
}

impl Authored {
    pub(crate) fn new(tree: Arc<dyn Snapshot>, files: Vec<String>) -> Authored {
        Authored { tree, files }
    }

    fn hides(&self, path: &TreePath) -> bool {
        self.files.iter().any(|file| {
            let Some(above) = path.as_str().strip_suffix(file.as_str()) else { return false };
            if !(above.is_empty() || above.ends_with('/')) {
                return false;
            }
            // The file's depth in the generated folder is the number of folders to go up.
            let folder = file.matches('/').try_fold(path.clone(), |it, _| it.parent());
            folder.is_none_or(|it| self.tree.ignores(&it) != Some(true))
        })
    }
}

impl Snapshot for Authored {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        self.tree.list(folder)
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        if self.hides(path) { Ok(None) } else { self.tree.stat(path) }
    }

    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        self.tree.real(path)
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        if self.hides(path) { Err(ReadError::Absent) } else { self.tree.read(path) }
    }

    fn revision(&self) -> Option<&str> {
        self.tree.revision()
    }

    fn object(&self, path: &TreePath) -> Result<Option<String>, ReadError> {
        if self.hides(path) { Ok(None) } else { self.tree.object(path) }
    }

    fn ignores(&self, folder: &TreePath) -> Option<bool> {
        self.tree.ignores(folder)
    }
}
