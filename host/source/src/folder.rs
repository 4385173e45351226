//! A folder of the file system as a tree.
//!
//! Every folder is opened relative to its parent, every name is a single component, and the system follows no link:
//! replacing a folder by a link during a scan has no effect.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::io::{self, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::SystemTime;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, File, Metadata, OpenOptions};

use crate::ignored::WorkTree;
use crate::links::{OpenFolders, Place, Store, resolve, resolve_folder};
use crate::path::{TreePath, is_git};
use crate::snapshot::{Content, Digest, Entry, EntryKind, Limits, ReadError, Snapshot};
use crate::stamp::Stamp;

/// The most times that a recently written file is read again until its times can be trusted.
const TRIES: usize = 4;

/// A folder of the file system.
pub struct FolderSnapshot {
    root: Arc<Dir>,
    limits: Limits,
    open: OpenFolders<Arc<Dir>>,
    /// Digest of each file when it was first read.
    read: Mutex<HashMap<TreePath, Digest>>,
    /// Its path.
    path: PathBuf,
    /// The work tree around it, once it is determined.
    work_tree: OnceLock<Option<WorkTree>>,
}

impl FolderSnapshot {
    /// Opens a folder as the root of a tree. The path of the root may contain links; no path leads out of the root.
    pub fn open(root: &Path, limits: Limits) -> Result<Self, OpenError> {
        let path = root.to_owned();
        let root = Dir::open_ambient_dir(root, ambient_authority())
            .map_err(|source| OpenError { folder: root.display().to_string(), source })?;
        let (open, read, work_tree) = (OpenFolders::new(), Mutex::default(), OnceLock::new());
        Ok(Self { root: Arc::new(root), limits, open, read, path, work_tree })
    }

    /// Records the digest of a file; an error if it differs from an earlier one.
    fn remember(&self, path: TreePath, content: Content) -> Result<Content, ReadError> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match read.entry(path) {
            Slot::Occupied(first) if *first.get() != content.digest => Err(ReadError::Changed),
            Slot::Occupied(_) => Ok(content),
            Slot::Vacant(first) => {
                first.insert(content.digest);
                Ok(content)
            }
        }
    }
}

/// A folder that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the folder `{folder}`: check that it exists and may be read")]
pub struct OpenError {
    folder: String,
    source: io::Error,
}

impl Snapshot for FolderSnapshot {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        let dir = resolve_folder(self, folder)?;
        let mut entries = Vec::new();
        for entry in dir.entries().map_err(|error| refused(&error))? {
            let entry = entry.map_err(|error| refused(&error))?;
            entries.extend(listed(&dir, &entry)?.map(|listed| (listed, entry.file_name())));
        }
        // Two names that are not UTF-8 may be converted to the same text.
        entries.sort_by(|(one, raw), (other, other_raw)| (&one.name, raw).cmp(&(&other.name, other_raw)));
        Ok(entries.into_iter().map(|(entry, _)| entry).collect())
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        let (kind, size) = match resolve(self, path)? {
            None => return Ok(None),
            Some(Place::Root) => (EntryKind::Folder, 0),
            Some(Place::Named { node, .. }) => (node.kind, node.size),
        };
        Ok(Some(Entry { name: path.name().unwrap_or_default().to_owned(), kind, size }))
    }

    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        Ok(resolve(self, path)?.map(Place::into_path))
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        let (path, folder, node) = match resolve(self, path)?.ok_or(ReadError::Absent)? {
            Place::Named { path, folder, node } if node.regular => (path, folder, node),
            _ => return Err(ReadError::WrongKind),
        };
        if node.size > self.limits.file {
            return Err(ReadError::TooLarge(node.size));
        }
        let mut options = OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No).nonblock(true);
        let mut file = folder
            .open_with(path.name().unwrap_or_default(), &options)
            .map_err(|error| if is_absence(&error) { ReadError::Absent } else { refused(&error) })?;
        let content = Content::new(read_settled(&mut file, self.limits.file)?);
        self.remember(path, content)
    }

    fn revision(&self) -> Option<&str> {
        None
    }

    fn object(&self, path: &TreePath) -> Result<Option<String>, ReadError> {
        let content = match self.read(path) {
            Ok(content) => content,
            Err(ReadError::Absent | ReadError::WrongKind) => return Ok(None),
            Err(other) => return Err(other),
        };
        let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::object::Kind::Blob, &content.bytes);
        Ok(id.ok().map(|it| it.to_string()))
    }

    fn ignores(&self, folder: &TreePath) -> Option<bool> {
        let work_tree = self.work_tree.get_or_init(|| WorkTree::around(&self.path));
        work_tree.as_ref().map(|it| it.ignores(folder))
    }
}

/// The metadata of a name in the file system.
pub(crate) struct Node {
    kind: EntryKind,
    size: u64,
    /// Whether it is a regular file, and not a pipe, socket or device.
    regular: bool,
}

impl Store for FolderSnapshot {
    type Folder = Arc<Dir>;
    type Node = Node;

    fn root(&self) -> Arc<Dir> {
        Arc::clone(&self.root)
    }

    fn look(&self, folder: &Arc<Dir>, name: &str) -> Result<Option<Node>, ReadError> {
        if !is_one_component(name) {
            return Ok(None);
        }
        match folder.symlink_metadata(name) {
            Ok(metadata) => Ok(Some(node(folder, name, &metadata))),
            Err(error) if is_absence(&error) => {
                if is_name_of_something_odd(folder, name) {
                    Err(ReadError::name_not_utf8())
                } else {
                    Ok(None)
                }
            }
            Err(error) => Err(refused(&error)),
        }
    }

    fn kind(node: &Node) -> EntryKind {
        node.kind
    }

    fn enter(&self, folder: &Arc<Dir>, name: &str) -> Result<Arc<Dir>, ReadError> {
        match folder.open_dir_nofollow(name) {
            Ok(dir) => Ok(Arc::new(dir)),
            Err(error) if error.kind() == ErrorKind::NotADirectory => Err(ReadError::Changed),
            Err(error) if is_absence(&error) => Err(ReadError::Absent),
            Err(error) => Err(refused(&error)),
        }
    }

    fn target(&self, folder: &Arc<Dir>, name: &str) -> Result<String, ReadError> {
        let target = folder.read_link_contents(name).map_err(|error| refused(&error))?;
        target.into_os_string().into_string().map_err(|_| ReadError::target_not_utf8())
    }

    fn open_folders(&self) -> &OpenFolders<Arc<Dir>> {
        &self.open
    }
}

/// An entry of a folder for a listing; none for `.git`, and for an entry that was deleted in the meantime.
fn listed(dir: &Dir, entry: &DirEntry) -> Result<Option<Entry>, ReadError> {
    let name = match entry.file_name().into_string() {
        Ok(name) if is_git(&name) => return Ok(None),
        Ok(name) => name,
        Err(odd) => {
            let name = odd.to_string_lossy().into_owned();
            return Ok(Some(Entry { name, kind: EntryKind::File, size: 0 }));
        }
    };
    let file_type = entry.file_type().map_err(|error| refused(&error))?;
    let (kind, size) = if file_type.is_dir() {
        (folder_kind(dir, &name), 0)
    } else if file_type.is_symlink() {
        (EntryKind::Link, 0)
    } else {
        match entry.metadata() {
            Ok(metadata) => {
                let node = node(dir, &name, &metadata);
                (node.kind, node.size)
            }
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => return Err(refused(&error)),
        }
    };
    Ok(Some(Entry { name, kind, size }))
}

fn node(dir: &Dir, name: &str, metadata: &Metadata) -> Node {
    let regular = metadata.is_file();
    let kind = if metadata.is_dir() {
        folder_kind(dir, name)
    } else if metadata.is_symlink() {
        EntryKind::Link
    } else {
        EntryKind::File
    };
    Node { kind, size: if regular { metadata.len() } else { 0 }, regular }
}

/// A checked-out submodule is a folder with a `.git` that is a file.
fn folder_kind(dir: &Dir, name: &str) -> EntryKind {
    match dir.symlink_metadata(Path::new(name).join(".git")) {
        Ok(git) if git.is_file() => EntryKind::Submodule,
        _ => EntryKind::Folder,
    }
}

/// Whether a listing has this name for a name that is not UTF-8.
fn is_name_of_something_odd(dir: &Dir, name: &str) -> bool {
    let Some(entries) = name.contains(char::REPLACEMENT_CHARACTER).then(|| dir.entries().ok()).flatten()
    else {
        return false;
    };
    entries.flatten().any(|entry| {
        let found = entry.file_name();
        found.to_str().is_none() && found.to_string_lossy() == name
    })
}

/// Whether a name is one component for the operating system too, which may have other separators than `/`.
fn is_one_component(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(components.next(), Some(std::path::Component::Normal(only)) if only == name)
        && components.next().is_none()
}

/// Reads a file that does not change during the read.
///
/// A change is detected by the file's times, but a clock has coarse ticks: if the last change is within one tick,
/// another one may have the same times, so the file is read again after the tick.
fn read_settled(file: &mut File, most: u64) -> Result<Vec<u8>, ReadError> {
    let mut first = None;
    for _ in 0..TRIES {
        let began = SystemTime::now();
        let before = stamp_of_regular(file)?;
        if before.len > most {
            return Err(ReadError::TooLarge(before.len));
        }
        if *first.get_or_insert(before) != before {
            return Err(ReadError::Changed);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(before.len).unwrap_or_default());
        file.rewind().map_err(|error| refused(&error))?;
        file.by_ref().take(before.len + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
        if stamp_of_regular(file)? != before || bytes.len() as u64 != before.len {
            return Err(ReadError::Changed);
        }
        match before.unsettled(began) {
            None => return Ok(bytes),
            Some(left) => thread::sleep(left),
        }
    }
    Err(ReadError::Changed)
}

fn stamp_of_regular(file: &File) -> Result<Stamp, ReadError> {
    let metadata = file.metadata().map_err(|error| refused(&error))?;
    if metadata.is_file() { Ok(Stamp::of(&metadata)) } else { Err(ReadError::WrongKind) }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

fn refused(error: &io::Error) -> ReadError {
    ReadError::Unreadable(match error.kind() {
        ErrorKind::PermissionDenied => format!("{error}: let the user that scans read it"),
        _ => error.to_string(),
    })
}
