//! A tree as its authors wrote it.

use std::sync::Arc;

use palisade_source::{Content, Entry, ReadError, Snapshot, TreePath};

/// Where `terraform init` notes which folder holds which module.
const INSTALLED: &str = ".terraform/modules/modules.json";

/// A tree in which `terraform init` cannot be imitated: its list of modules is shown only where Git ignores it. Whoever
/// commits such a list would decide what a remote module contains.
pub(crate) struct Authored(Arc<dyn Snapshot>);

impl Authored {
    pub(crate) fn new(tree: Arc<dyn Snapshot>) -> Authored {
        Authored(tree)
    }

    fn hides(&self, path: &TreePath) -> bool {
        let folder = || path.parent()?.parent();
        let is_list =
            path.as_str().strip_suffix(INSTALLED).is_some_and(|it| it.is_empty() || it.ends_with('/'));
        is_list && folder().is_none_or(|it| self.0.ignores(&it) != Some(true))
    }
}

impl Snapshot for Authored {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        self.0.list(folder)
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        if self.hides(path) { Ok(None) } else { self.0.stat(path) }
    }

    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        self.0.real(path)
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        if self.hides(path) { Err(ReadError::Absent) } else { self.0.read(path) }
    }

    fn revision(&self) -> Option<&str> {
        self.0.revision()
    }

    fn ignores(&self, folder: &TreePath) -> Option<bool> {
        self.0.ignores(folder)
    }
}
