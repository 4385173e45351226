//! A tree with other trees mounted in folders.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::TreePath;
use crate::snapshot::{Content, Entry, EntryKind, ReadError, Snapshot};

/// A tree and its mounts. A path below a mount is resolved in the mount, and no link leads from one tree into another.
pub struct Overlay {
    base: Arc<dyn Snapshot>,
    mounts: BTreeMap<TreePath, Arc<dyn Snapshot>>,
}

impl Overlay {
    /// Mounts trees in folders of a base, which should not exist there.
    pub fn new(base: Arc<dyn Snapshot>, mounts: BTreeMap<TreePath, Arc<dyn Snapshot>>) -> Overlay {
        Overlay { base, mounts }
    }

    /// The tree that contains a path, and the path in it.
    fn at(&self, path: &TreePath) -> Result<(&dyn Snapshot, TreePath), ReadError> {
        for (folder, tree) in &self.mounts {
            if let Some(rest) = path.below(folder) {
                return Ok((tree.as_ref(), TreePath::parse(rest)?));
            }
        }
        Ok((self.base.as_ref(), path.clone()))
    }

    /// Names of the folders that lead from a folder to the mounts below it.
    fn towards(&self, folder: &TreePath) -> Vec<Entry> {
        let name = |mount: &TreePath| {
            let rest = mount.below(folder).filter(|rest| !rest.is_empty())?;
            rest.split('/').next().map(str::to_owned)
        };
        let mut names: Vec<String> = self.mounts.keys().filter_map(name).collect();
        names.sort();
        names.dedup();
        names.into_iter().map(|name| Entry { name, kind: EntryKind::Folder, size: 0 }).collect()
    }
}

impl Snapshot for Overlay {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        let (tree, path) = self.at(folder)?;
        let added = self.towards(folder);
        let mut entries = match tree.list(&path) {
            Err(ReadError::Absent) if !added.is_empty() => Vec::new(),
            other => other?,
        };
        entries.retain(|entry| !added.iter().any(|it| it.name == entry.name));
        entries.extend(added);
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        let (tree, inside) = self.at(path)?;
        let name = path.name().unwrap_or_default();
        if !self.towards(path).is_empty() {
            return Ok(Some(Entry { name: name.to_owned(), kind: EntryKind::Folder, size: 0 }));
        }
        Ok(tree.stat(&inside)?.map(|it| Entry { name: name.to_owned(), ..it }))
    }

    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        let (tree, inside) = self.at(path)?;
        // A mount has its own paths.
        if inside == *path { tree.real(path) } else { Ok(Some(path.clone())) }
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        let (tree, inside) = self.at(path)?;
        tree.read(&inside)
    }

    fn revision(&self) -> Option<&str> {
        self.base.revision()
    }

    fn ignores(&self, folder: &TreePath) -> Option<bool> {
        let (tree, inside) = self.at(folder).ok()?;
        tree.ignores(&inside)
    }
}
