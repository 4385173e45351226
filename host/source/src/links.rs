//! Resolves paths, in the same way for a folder and a commit.
//!
//! The system never follows a link. A link is data: its target is joined, as text, to the folder that contains the
//! link, and resolution starts again at the root.

use std::sync::{Mutex, PoisonError};

use crate::path::{TreePath, is_git};
use crate::snapshot::{EntryKind, ReadError};

/// The most links in the resolution of one path, as in Linux.
pub(crate) const MOST_LINKS: usize = 40;

/// The longest target of a link in bytes, as in Linux.
pub(crate) const LONGEST_TARGET: u64 = 4095;

/// The most open folders that are cached.
const OPEN_FOLDERS: usize = 64;

/// Operations of a tree that are needed to resolve paths.
pub(crate) trait Store {
    /// An open folder; cheap to clone.
    type Folder: Clone;
    /// The metadata of a name.
    type Node;

    /// The root folder.
    fn root(&self) -> Self::Folder;
    /// The metadata of a name in a folder; links are not followed.
    fn look(&self, folder: &Self::Folder, name: &str) -> Result<Option<Self::Node>, ReadError>;
    /// The kind of a node.
    fn kind(node: &Self::Node) -> EntryKind;
    /// Opens a folder in another folder.
    fn enter(&self, folder: &Self::Folder, name: &str) -> Result<Self::Folder, ReadError>;
    /// The target of a link, as stored.
    fn target(&self, folder: &Self::Folder, name: &str) -> Result<String, ReadError>;
    /// The cache of open folders.
    fn open_folders(&self) -> &OpenFolders<Self::Folder>;
}

/// The place of a path after all links are resolved.
pub(crate) enum Place<S: Store> {
    /// The root.
    Root,
    /// A name in a folder.
    Named { path: TreePath, folder: S::Folder, node: S::Node },
}

impl<S: Store> Place<S> {
    /// Path of the place.
    pub(crate) fn into_path(self) -> TreePath {
        match self {
            Place::Root => TreePath::root(),
            Place::Named { path, .. } => path,
        }
    }
}

/// Resolves a path; none if it does not exist.
pub(crate) fn resolve<S: Store>(store: &S, path: &TreePath) -> Result<Option<Place<S>>, ReadError> {
    let mut path = path.clone();
    for _ in 0..=MOST_LINKS {
        match pass(store, &path)? {
            Pass::End(place) => return Ok(place),
            Pass::Link(onward) => path = onward,
        }
    }
    Err(ReadError::Unreadable(format!(
        "it leads through more than {MOST_LINKS} links, or a circle of links: make it a plain file or folder"
    )))
}

/// Resolves a path to an open folder.
pub(crate) fn resolve_folder<S: Store>(store: &S, path: &TreePath) -> Result<S::Folder, ReadError> {
    let (path, folder) = match resolve(store, path)?.ok_or(ReadError::Absent)? {
        Place::Root => return Ok(store.root()),
        Place::Named { path, folder, node } if S::kind(&node) == EntryKind::Folder => (path, folder),
        Place::Named { .. } => return Err(ReadError::WrongKind),
    };
    if let Some((found, open)) = store.open_folders().nearest(&path)
        && found == path
    {
        return Ok(open);
    }
    let open = store.enter(&folder, path.name().unwrap_or_default())?;
    store.open_folders().keep(path, open.clone());
    Ok(open)
}

enum Pass<S: Store> {
    /// The end of the path; none if it does not exist.
    End(Option<Place<S>>),
    /// There is a link on the way: the path, with the link replaced by its target.
    Link(TreePath),
}

/// Follows the path from the nearest open folder, to its end or to the first link.
fn pass<S: Store>(store: &S, path: &TreePath) -> Result<Pass<S>, ReadError> {
    let Some(parent) = path.parent() else {
        return Ok(Pass::End(Some(Place::Root)));
    };
    let (mut at, mut folder) =
        store.open_folders().nearest(&parent).unwrap_or_else(|| (TreePath::root(), store.root()));
    let names = path.below(&at).unwrap_or_default().split('/');
    for name in names {
        if is_git(name) {
            return Ok(Pass::End(None));
        }
        let Some(node) = store.look(&folder, name)? else { return Ok(Pass::End(None)) };
        let here = at.child(name);
        let rest = path.below(&here).unwrap_or_default();
        match S::kind(&node) {
            EntryKind::Link => {
                let target = store.target(&folder, name)?;
                if target.is_empty() {
                    return Ok(Pass::End(None));
                }
                return Ok(Pass::Link(at.join(&target)?.join(rest)?));
            }
            _ if rest.is_empty() => {
                return Ok(Pass::End(Some(Place::Named { path: here, folder, node })));
            }
            EntryKind::Folder => {
                folder = store.enter(&folder, name)?;
                store.open_folders().keep(here.clone(), folder.clone());
                at = here;
            }
            EntryKind::File | EntryKind::Submodule => return Ok(Pass::End(None)),
        }
    }
    Ok(Pass::End(None))
}

/// A cache of open folders, so that most of a path need not be opened again. Limited, because each folder may hold a
/// file descriptor.
pub(crate) struct OpenFolders<F>(Mutex<Vec<(TreePath, F)>>);

impl<F: Clone> OpenFolders<F> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::with_capacity(OPEN_FOLDERS)))
    }

    /// The nearest open folder at or above a path.
    fn nearest(&self, path: &TreePath) -> Option<(TreePath, F)> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (index, _) = open
            .iter()
            .enumerate()
            .filter(|(_, (folder, _))| path.below(folder).is_some())
            .max_by_key(|(_, (folder, _))| folder.as_str().len())?;
        // The last one is the most recently used; the first one is evicted next.
        let found = open.remove(index);
        open.push(found.clone());
        Some(found)
    }

    fn keep(&self, path: TreePath, folder: F) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(other, _)| *other != path);
        if open.len() >= OPEN_FOLDERS {
            open.remove(0);
        }
        open.push((path, folder));
    }
}
