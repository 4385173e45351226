//! What every tree can do, and why it sometimes cannot.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::path::{PathError, TreePath};

/// A tree at a commit, or a folder. Read only.
///
/// Both behave alike: links are resolved lexically and inside the tree, Git's own folder is never shown, and
/// a submodule is named but not entered.
pub trait Snapshot: Send + Sync {
    /// The names in a folder, sorted by their bytes, with links and submodules as such.
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError>;

    /// What a path stands for, links followed; none where nothing is there. The name is that of the path, kind
    /// and size are those of what it leads to.
    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError>;

    /// The bytes of a file, links followed.
    fn read(&self, path: &TreePath) -> Result<Content, ReadError>;

    /// The path itself of what a path stands for, every link on the way resolved; none where nothing is there.
    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        Ok(Some(path.clone()))
    }

    /// The full id of the commit, where it is one.
    fn revision(&self) -> Option<&str>;

    /// The id that Git gives what a path stands for, links followed: equal ids, equal content. None where nothing is there,
    /// and for folders outside of a commit.
    fn object(&self, _: &TreePath) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    /// Whether Git ignores a folder and tracks nothing in it: `false` in a commit, `None` outside of a repository.
    fn ignores(&self, folder: &TreePath) -> Option<bool>;
}

/// Whether a tree has something at a path. What cannot be looked at is an error, and not nothing.
pub fn is_there(snapshot: &dyn Snapshot, path: &TreePath) -> Result<bool, ReadError> {
    Ok(path.is_root() || snapshot.stat(path)?.is_some())
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name; where it is not UTF-8, as close to it as UTF-8 comes.
    pub name: String,
    /// What it stands for.
    pub kind: EntryKind,
    /// Bytes, 0 for what is no file.
    pub size: u64,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file; in a folder also a pipe, a socket or a device, none of which can be read.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// Another repository, of which only the name is here.
    Submodule,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// Their digest.
    pub digest: Digest,
}

impl Content {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { digest: Digest::of(&bytes), bytes: bytes.into() }
    }

    /// The bytes as text, without a byte order mark.
    pub fn text(&self) -> Result<&str, ReadError> {
        let text =
            str::from_utf8(&self.bytes).map_err(|error| ReadError::NotText(error.valid_up_to() as u64))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
    }
}

/// The SHA-256 of some bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Digest({self})")
    }
}

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest file, in bytes.
    pub file: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 32 << 20 }
    }
}

/// Why something could not be read. The caller knows the path and names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there.
    #[error("it does not exist: check the path, or the link that leads to it")]
    Absent,
    /// There is something, but no file (or no folder, for a listing).
    #[error("it is of the wrong kind: expected a file or a folder")]
    WrongKind,
    /// The path, or the link behind it, leads out of the tree.
    #[error("it leads out of the tree: point the path or the link at something inside, relatively")]
    Outside,
    /// Larger than is read; its size in bytes.
    #[error("it has {0} bytes, more than the limit: reduce it, exclude it, or raise the limit")]
    TooLarge(u64),
    /// Not UTF-8; the offset of the first byte that is not.
    #[error("it is not UTF-8 from byte {0} on: save it as UTF-8")]
    NotText(u64),
    /// It changed while the scan was reading it.
    #[error(
        "it changed while it was being read: scan again when nothing writes to the tree, or scan a commit"
    )]
    Changed,
    /// The system said no, for a reader.
    #[error("{0}")]
    Unreadable(String),
}

impl From<PathError> for ReadError {
    fn from(_: PathError) -> Self {
        Self::Outside
    }
}

impl ReadError {
    /// What is said of a name that no path can spell.
    pub(crate) fn name_not_utf8() -> Self {
        Self::Unreadable("its name is not UTF-8: rename it".to_owned())
    }

    /// What is said of a link that leads to such a name.
    pub(crate) fn target_not_utf8() -> Self {
        Self::Unreadable(
            "the link's target is not UTF-8: rename the target and create the link again".to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_as_hex() {
        assert_eq!(
            Digest::of(b"").to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn text_is_utf8_without_its_mark() {
        let text = |bytes: &[u8]| Content::new(bytes.to_vec()).text().map(str::to_owned);
        assert_eq!(text("\u{feff}a".as_bytes()), Ok("a".to_owned()));
        assert_eq!(text(b""), Ok(String::new()));
        assert_eq!(text(b"ab\xff"), Err(ReadError::NotText(2)));
    }
}
