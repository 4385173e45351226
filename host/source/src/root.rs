//! Finds the tree that contains a path.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::path::{PathError, TreePath};

/// The tree that contains a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The root of the tree: the top of the work tree, or the folder itself without a repository.
    pub root: PathBuf,
    /// The path in the tree.
    pub inside: TreePath,
    /// The path by which to open the repository, if there is one.
    pub git: Option<PathBuf>,
}

/// Why no tree was found.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// It cannot be reached.
    #[error("cannot reach `{}`: check that it exists and may be read", path.display())]
    Unreachable {
        /// The path.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// It is not UTF-8, so it cannot be a path in a tree.
    #[error("`{}` is not UTF-8: rename it", path.display())]
    NotUtf8 {
        /// The path.
        path: PathBuf,
    },
    /// It is not a valid path in a tree.
    #[error("`{}` is not a path inside a tree", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Reason.
        source: PathError,
    },
}

/// Finds the tree that contains a path: looks for a repository in its folder and those above, without running Git.
///
/// Links in the path are resolved first, as the shell does.
pub fn find_root(path: &Path) -> Result<Root, RootError> {
    let unreachable = |source| RootError::Unreachable { path: path.to_owned(), source };
    let full = fs::canonicalize(path).map_err(unreachable)?;
    let is_folder = fs::metadata(&full).map_err(unreachable)?.is_dir();
    let folder = if is_folder { full.as_path() } else { full.parent().unwrap_or(&full) };

    if is_folder && is_repository(&full) {
        return Ok(Root { inside: TreePath::root(), git: Some(full.clone()), root: full });
    }
    let top = folder.ancestors().find(|above| has_repository(above));
    let root = top.unwrap_or(folder);
    Ok(Root { root: root.to_owned(), inside: inside(&full, root)?, git: top.map(Path::to_owned) })
}

fn inside(full: &Path, root: &Path) -> Result<TreePath, RootError> {
    let below = full.strip_prefix(root).unwrap_or(full);
    let mut path = TreePath::root();
    for component in below.components() {
        let name = component.as_os_str().to_str();
        let name = name.ok_or_else(|| RootError::NotUtf8 { path: full.to_owned() })?;
        path = path.join(name).map_err(|source| RootError::Path { path: full.to_owned(), source })?;
    }
    Ok(path)
}

/// Whether a folder is the top of a work tree: its `.git` is a repository, or the file of a linked work tree
/// or a submodule that names one.
fn has_repository(folder: &Path) -> bool {
    let git = folder.join(".git");
    is_repository(&git) || git.is_file()
}

/// Whether a folder is a Git folder.
fn is_repository(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("refs").is_dir() && folder.join("objects").is_dir()
}
