//! A commit as a tree, read from the object database and never checked out.

use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use gix::object::Kind;

use crate::links::{LONGEST_TARGET, OpenFolders, Place, Store, resolve, resolve_folder};
use crate::objects::{self, Objects};
use crate::path::TreePath;
use crate::revision::{self, RevisionError};
use crate::snapshot::{Content, Entry, EntryKind, Limits, ReadError, Snapshot};
use crate::tree::{Name, Tree};

/// A tree at a commit.
pub struct CommitSnapshot {
    objects: Objects,
    limits: Limits,
    commit: String,
    tree: ObjectId,
    root: Arc<Tree>,
    open: OpenFolders<Arc<Tree>>,
}

impl CommitSnapshot {
    /// Opens a commit of a repository, which is given by its work tree or by its Git folder. The revision is any that
    /// Git accepts: an id or the beginning of one, a branch, a tag, `HEAD~1`.
    pub fn open(repository: &Path, rev: &str, limits: Limits) -> Result<Self, RevisionError> {
        let objects = Objects::open(repository, limits)
            .map_err(|error| RevisionError::repository(repository, &error))?;
        let (commit, tree, root) = objects.with(|handle| {
            let (commit, tree) = revision::resolve(handle, rev)?;
            let root = Tree::load(handle, tree).map_err(|error| RevisionError::tree(rev, error))?;
            Ok((commit.to_string(), tree, root))
        })?;
        Ok(Self { objects, limits, commit, tree, root: Arc::new(root), open: OpenFolders::new() })
    }
}

impl Snapshot for CommitSnapshot {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        let tree = resolve_folder(self, folder)?;
        self.objects.with(|handle| {
            let entry = |name: &Name| {
                let size = match name.kind {
                    // A missing blob is an error when it is read, so that one does not hide the others.
                    EntryKind::File if name.odd.is_none() => {
                        objects::size(handle, name.id)?.unwrap_or_default()
                    }
                    _ => 0,
                };
                Ok(Entry { name: name.text.to_string(), kind: name.kind, size })
            };
            tree.names().iter().map(entry).collect()
        })
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        let (kind, size) = match resolve(self, path)? {
            None => return Ok(None),
            Some(Place::Root) => (EntryKind::Folder, 0),
            Some(Place::Named { node, .. }) if node.kind == EntryKind::File => {
                let size = self.objects.with(|handle| objects::size(handle, node.id))?;
                (EntryKind::File, size.unwrap_or_default())
            }
            Some(Place::Named { node, .. }) => (node.kind, 0),
        };
        Ok(Some(Entry { name: path.name().unwrap_or_default().to_owned(), kind, size }))
    }

    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        Ok(resolve(self, path)?.map(Place::into_path))
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        match resolve(self, path)?.ok_or(ReadError::Absent)? {
            Place::Named { node, .. } if node.kind == EntryKind::File => {
                self.blob(node.id, self.limits.file, ReadError::TooLarge).map(Content::new)
            }
            _ => Err(ReadError::WrongKind),
        }
    }

    fn revision(&self) -> Option<&str> {
        Some(&self.commit)
    }

    fn object(&self, path: &TreePath) -> Result<Option<String>, ReadError> {
        Ok(resolve(self, path)?.map(|place| match place {
            Place::Root => self.tree.to_string(),
            Place::Named { node, .. } => node.id.to_string(),
        }))
    }

    fn ignores(&self, _: &TreePath) -> Option<bool> {
        Some(false)
    }
}

impl CommitSnapshot {
    /// The target of a link, as stored.
    pub(crate) fn link(&self, path: &TreePath) -> Result<String, ReadError> {
        let folder = resolve_folder(self, &path.parent().unwrap_or_default())?;
        self.target(&folder, path.name().unwrap_or_default())
    }

    fn blob(
        &self,
        id: ObjectId,
        most: u64,
        too_large: impl FnOnce(u64) -> ReadError,
    ) -> Result<Vec<u8>, ReadError> {
        self.objects.with(|handle| {
            let size = objects::size(handle, id)?.ok_or_else(|| objects::missing(id))?;
            if size > most { Err(too_large(size)) } else { objects::bytes(handle, id, Kind::Blob) }
        })
    }
}

/// An entry of a tree object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    kind: EntryKind,
    id: ObjectId,
}

impl Store for CommitSnapshot {
    type Folder = Arc<Tree>;
    type Node = Node;

    fn root(&self) -> Arc<Tree> {
        Arc::clone(&self.root)
    }

    fn look(&self, folder: &Arc<Tree>, name: &str) -> Result<Option<Node>, ReadError> {
        let Some(found) = folder.find(name) else { return Ok(None) };
        match found.odd {
            None => Ok(Some(Node { kind: found.kind, id: found.id })),
            Some(odd) => Err(odd.into()),
        }
    }

    fn kind(node: &Node) -> EntryKind {
        node.kind
    }

    fn enter(&self, folder: &Arc<Tree>, name: &str) -> Result<Arc<Tree>, ReadError> {
        let node = self.look(folder, name)?.ok_or(ReadError::Absent)?;
        self.objects.with(|handle| Tree::load(handle, node.id)).map(Arc::new)
    }

    fn target(&self, folder: &Arc<Tree>, name: &str) -> Result<String, ReadError> {
        let node = self.look(folder, name)?.ok_or(ReadError::Absent)?;
        let too_long = |size| {
            ReadError::Unreadable(format!(
                "the link's target has {size} bytes, more than {LONGEST_TARGET}: make it a plain file"
            ))
        };
        let target = self.blob(node.id, LONGEST_TARGET, too_long)?;
        String::from_utf8(target).map_err(|_| ReadError::target_not_utf8())
    }

    fn open_folders(&self) -> &OpenFolders<Arc<Tree>> {
        &self.open
    }
}
