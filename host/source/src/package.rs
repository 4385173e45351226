//! A package: a tree in one file, for fetched content.
//!
//! The file is written once and is identified by its digest. A header line, then the entries: a letter for the kind,
//! the path's length and the path, the content's length and the content; lengths are little-endian.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::commit::CommitSnapshot;
use crate::links::{LONGEST_TARGET, OpenFolders, Place, Store, resolve, resolve_folder};
use crate::path::{TreePath, is_git};
use crate::snapshot::{Content, Digest, Entry, EntryKind, Limits, ReadError, Snapshot};

const HEADER: &[u8] = b"palisade package 1\n";

/// The longest path, in bytes.
const LONGEST_PATH: usize = 4096;

/// Limits of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    /// Size of all contents together, in bytes.
    pub bytes: u64,
    /// Number of files and links.
    pub files: u64,
}

impl Default for PackageLimits {
    fn default() -> Self {
        Self { bytes: 256 << 20, files: 100_000 }
    }
}

/// Why a package cannot be written or used.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The package exceeds a limit.
    #[error("it contains more than {0}: use a smaller package")]
    TooMuch(String),
    /// A path that leads out of the tree, or that is invalid for a file.
    #[error("it contains the invalid path `{0}`")]
    Path(String),
    /// A path that exists already, or that goes through a file.
    #[error("it contains the path `{0}` twice")]
    Twice(String),
    /// The content of the file does not match its digest.
    #[error("its content was changed after it was fetched: remove it, and it is fetched again")]
    Changed,
    /// An entry of the source tree cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    Read {
        /// Its path.
        path: String,
        /// Reason.
        why: ReadError,
    },
}

/// Writes a package, entry by entry.
pub struct PackageWriter<W: Write> {
    out: W,
    hash: Sha256,
    limits: PackageLimits,
    bytes: u64,
    files: u64,
    root: Folder,
}

impl<W: Write> PackageWriter<W> {
    /// Creates an empty package.
    pub fn new(out: W, limits: PackageLimits) -> Result<Self, PackageError> {
        let mut writer =
            Self { out, hash: Sha256::new(), limits, bytes: 0, files: 0, root: Folder::default() };
        writer.put(HEADER)?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), PackageError> {
        self.hash.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    /// Reads up to the remaining size; more is an error, whatever size was announced.
    fn contents(&self, from: &mut dyn Read) -> Result<Vec<u8>, PackageError> {
        let left = self.limits.bytes.saturating_sub(self.bytes);
        let mut content = Vec::new();
        from.take(left.saturating_add(1)).read_to_end(&mut content)?;
        if content.len() as u64 > left {
            return Err(self.too_large());
        }
        Ok(content)
    }

    fn too_large(&self) -> PackageError {
        PackageError::TooMuch(format!("{} MiB", self.limits.bytes >> 20))
    }

    fn entry(&mut self, kind: u8, path: &str, content: &[u8]) -> Result<(), PackageError> {
        let bad = || PackageError::Path(path.escape_debug().to_string());
        if self.files >= self.limits.files {
            return Err(PackageError::TooMuch(format!("{} files", self.limits.files)));
        }
        // Paths are not normalised: one that would change is refused.
        let normal = TreePath::parse(path).map_err(|_| bad())?;
        if normal.as_str() != path || path.is_empty() || path.len() > LONGEST_PATH {
            return Err(bad());
        }
        if normal.components().any(is_git) {
            return Ok(());
        }
        let node = if kind == b'l' {
            Node::Link(str::from_utf8(content).map_err(|_| bad())?.into())
        } else {
            Node::File { offset: 0, size: content.len() as u64 }
        };
        self.root.insert(&normal, node)?;
        self.files += 1;
        self.bytes += content.len() as u64;
        self.put(&[kind])?;
        self.put(&u32::try_from(path.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        self.put(path.as_bytes())?;
        self.put(&(content.len() as u64).to_le_bytes())?;
        self.put(content)
    }

    /// Adds a file.
    pub fn file(&mut self, path: &str, from: &mut dyn Read) -> Result<(), PackageError> {
        let content = self.contents(from)?;
        self.entry(b'f', path, &content)
    }

    /// Adds a link. Its target is resolved when it is read, inside the package.
    pub fn link(&mut self, path: &str, target: &str) -> Result<(), PackageError> {
        if target.len() as u64 > LONGEST_TARGET {
            return Err(PackageError::Path(path.escape_debug().to_string()));
        }
        self.entry(b'l', path, target.as_bytes())
    }

    /// Adds all of a commit's tree. Submodules are left out.
    pub fn commit(&mut self, tree: &CommitSnapshot) -> Result<(), PackageError> {
        let mut folders = vec![TreePath::root()];
        while let Some(folder) = folders.pop() {
            let error = |path: &TreePath, why| PackageError::Read { path: path.to_string(), why };
            for entry in tree.list(&folder).map_err(|why| error(&folder, why))? {
                let path = folder.join(&entry.name).map_err(|_| PackageError::Path(entry.name.clone()))?;
                match entry.kind {
                    EntryKind::Folder => folders.push(path),
                    EntryKind::File => {
                        let content = tree.read(&path).map_err(|why| match why {
                            ReadError::TooLarge(_) => self.too_large(),
                            other => error(&path, other),
                        })?;
                        self.file(path.as_str(), &mut &content.bytes[..])?;
                    }
                    EntryKind::Link => {
                        let target = tree.link(&path).map_err(|why| error(&path, why))?;
                        self.link(path.as_str(), &target)?;
                    }
                    EntryKind::Submodule => {}
                }
            }
        }
        Ok(())
    }

    /// Completes the package, and returns the digest that identifies it.
    pub fn finish(mut self) -> Result<Digest, PackageError> {
        self.out.flush()?;
        Ok(Digest(self.hash.finalize().into()))
    }
}

/// An entry of a folder in a package.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Folder(Arc<Folder>),
    File { offset: u64, size: u64 },
    Link(Box<str>),
}

/// The entries of a folder, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder(BTreeMap<Box<str>, Node>);

impl Folder {
    fn insert(&mut self, path: &TreePath, node: Node) -> Result<(), PackageError> {
        let twice = || PackageError::Twice(path.as_str().escape_debug().to_string());
        let mut names: Vec<&str> = path.components().collect();
        let Some(last) = names.pop() else { return Err(twice()) };
        let mut folder = self;
        for name in names {
            let next = folder.0.entry(name.into()).or_insert_with(|| Node::Folder(Arc::default()));
            // The tree is still being built, so this is the only reference.
            let Node::Folder(inner) = next else { return Err(twice()) };
            folder = Arc::make_mut(inner);
        }
        if folder.0.contains_key(last) {
            return Err(twice());
        }
        folder.0.insert(last.into(), node);
        Ok(())
    }
}

/// A package as a tree. Its digest was checked when it was opened, and its file never changes.
pub struct PackageSnapshot {
    file: File,
    limits: Limits,
    root: Arc<Folder>,
    open: OpenFolders<Arc<Folder>>,
}

/// A reader that hashes.
struct Hashed<R>(R, Sha256, u64);

impl<R: Read> Hashed<R> {
    fn exact(&mut self, buffer: &mut [u8]) -> Result<(), PackageError> {
        self.0.read_exact(buffer).map_err(|_| PackageError::Changed)?;
        self.1.update(&*buffer);
        self.2 += buffer.len() as u64;
        Ok(())
    }

    fn skip(&mut self, bytes: u64) -> Result<(), PackageError> {
        let mut left = bytes;
        let mut buffer = [0u8; 16 << 10];
        while left > 0 {
            let step = left.min(buffer.len() as u64);
            let part = buffer.get_mut(..usize::try_from(step).unwrap_or(0)).unwrap_or_default();
            self.exact(part)?;
            left -= step;
        }
        Ok(())
    }

    fn text(&mut self, length: usize) -> Result<String, PackageError> {
        let mut text = vec![0u8; length];
        self.exact(&mut text)?;
        String::from_utf8(text).map_err(|_| PackageError::Changed)
    }
}

impl PackageSnapshot {
    /// Opens the package with this digest. A file with other content is refused.
    pub fn open(path: &Path, digest: Digest, limits: Limits) -> Result<PackageSnapshot, PackageError> {
        let file = File::open(path)?;
        let mut from = Hashed(BufReader::new(file.try_clone()?), Sha256::new(), 0);
        let mut header = [0u8; HEADER.len()];
        from.exact(&mut header)?;
        let mut root = Folder::default();
        let end = file.metadata()?.len();
        if header != HEADER {
            return Err(PackageError::Changed);
        }
        while from.2 < end {
            let (mut kind, mut length, mut size) = ([0u8; 1], [0u8; 4], [0u8; 8]);
            from.exact(&mut kind)?;
            from.exact(&mut length)?;
            let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
            if length > LONGEST_PATH {
                return Err(PackageError::Changed);
            }
            let path = from.text(length)?;
            from.exact(&mut size)?;
            let size = u64::from_le_bytes(size);
            let node = match kind {
                [b'l'] if size <= LONGEST_TARGET => {
                    Node::Link(from.text(usize::try_from(size).unwrap_or(0))?.into())
                }
                [b'f'] => {
                    let offset = from.2;
                    from.skip(size)?;
                    Node::File { offset, size }
                }
                _ => return Err(PackageError::Changed),
            };
            let path = TreePath::parse(&path).map_err(|_| PackageError::Changed)?;
            root.insert(&path, node)?;
        }
        if from.1.finalize()[..] != digest.0 {
            return Err(PackageError::Changed);
        }
        Ok(Self { file, limits, root: Arc::new(root), open: OpenFolders::new() })
    }
}

fn shown(name: &str, node: &Node) -> Entry {
    let (kind, size) = match node {
        Node::Folder(_) => (EntryKind::Folder, 0),
        Node::File { size, .. } => (EntryKind::File, *size),
        Node::Link(_) => (EntryKind::Link, 0),
    };
    Entry { name: name.to_owned(), kind, size }
}

impl Snapshot for PackageSnapshot {
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError> {
        let folder = resolve_folder(self, folder)?;
        Ok(folder.0.iter().map(|(name, node)| shown(name, node)).collect())
    }

    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError> {
        let name = path.name().unwrap_or_default();
        Ok(match resolve(self, path)? {
            None => None,
            Some(Place::Root) => Some(shown(name, &Node::Folder(Arc::clone(&self.root)))),
            Some(Place::Named { node, .. }) => Some(shown(name, &node)),
        })
    }

    fn read(&self, path: &TreePath) -> Result<Content, ReadError> {
        let Place::Named { node: Node::File { offset, size }, .. } =
            resolve(self, path)?.ok_or(ReadError::Absent)?
        else {
            return Err(ReadError::WrongKind);
        };
        if size > self.limits.file {
            return Err(ReadError::TooLarge(size));
        }
        let mut bytes = vec![0u8; usize::try_from(size).unwrap_or(0)];
        self.file
            .read_exact_at(&mut bytes, offset)
            .map_err(|error| ReadError::Unreadable(error.to_string()))?;
        Ok(Content::new(bytes))
    }

    fn revision(&self) -> Option<&str> {
        None
    }

    fn ignores(&self, _: &TreePath) -> Option<bool> {
        Some(false)
    }
}

impl Store for PackageSnapshot {
    type Folder = Arc<Folder>;
    type Node = Node;

    fn root(&self) -> Arc<Folder> {
        Arc::clone(&self.root)
    }

    fn look(&self, folder: &Arc<Folder>, name: &str) -> Result<Option<Node>, ReadError> {
        Ok(folder.0.get(name).cloned())
    }

    fn kind(node: &Node) -> EntryKind {
        shown("", node).kind
    }

    fn enter(&self, folder: &Arc<Folder>, name: &str) -> Result<Arc<Folder>, ReadError> {
        match folder.0.get(name) {
            Some(Node::Folder(inner)) => Ok(Arc::clone(inner)),
            _ => Err(ReadError::Absent),
        }
    }

    fn target(&self, folder: &Arc<Folder>, name: &str) -> Result<String, ReadError> {
        match folder.0.get(name) {
            Some(Node::Link(target)) => Ok(target.to_string()),
            _ => Err(ReadError::Absent),
        }
    }

    fn open_folders(&self) -> &OpenFolders<Arc<Folder>> {
        &self.open
    }
}
