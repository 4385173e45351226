//! The interface of all trees, and errors of reading.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::path::{PathError, TreePath};

/// A tree: a commit or a folder. Read-only.
///
/// Both behave the same: links are resolved as text and inside the tree, `.git` is never listed, and a submodule is
/// listed but not entered.
pub trait Snapshot: Send + Sync {
    /// The entries of a folder, sorted by the bytes of their names; links and submodules are not followed.
    fn list(&self, folder: &TreePath) -> Result<Vec<Entry>, ReadError>;

    /// The entry of a path, links followed; none if it does not exist. The name is that of the path, kind and size are
    /// those of the target.
    fn stat(&self, path: &TreePath) -> Result<Option<Entry>, ReadError>;

    /// The content of a file, links followed.
    fn read(&self, path: &TreePath) -> Result<Content, ReadError>;

    /// The path with every link resolved; none if it does not exist.
    fn real(&self, path: &TreePath) -> Result<Option<TreePath>, ReadError> {
        Ok(Some(path.clone()))
    }

    /// The full id of the commit, if the tree is a commit.
    fn revision(&self) -> Option<&str>;

    /// Git's object id of a path, links followed: equal ids mean equal content. None if the path does not exist, and
    /// for folders outside of a commit.
    fn object(&self, _: &TreePath) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    /// Whether Git ignores a folder and tracks nothing in it: `false` in a commit, `None` outside of a repository.
    fn ignores(&self, folder: &TreePath) -> Option<bool>;
}

/// Whether a path exists in a tree. If it cannot be read, this is an error.
pub fn is_there(snapshot: &dyn Snapshot, path: &TreePath) -> Result<bool, ReadError> {
    Ok(path.is_root() || snapshot.stat(path)?.is_some())
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name; if it is not UTF-8, converted with replacement characters.
    pub name: String,
    /// The kind.
    pub kind: EntryKind,
    /// Size in bytes; 0 unless it is a file.
    pub size: u64,
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file; in a folder also a pipe, a socket or a device, none of which can be read.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A submodule, which is another repository and is not entered.
    Submodule,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// Digest of the bytes.
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

/// Limits of reading.
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

/// Why a path could not be read. The caller adds the path to the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It does not exist.
    #[error("it does not exist: check the path, or the link that leads to it")]
    Absent,
    /// It is not a file (or, for a listing, not a folder).
    #[error("it is of the wrong kind: expected a file or a folder")]
    WrongKind,
    /// The path, or a link in it, leads out of the tree.
    #[error("it leads out of the tree: point the path or the link at something inside, relatively")]
    Outside,
    /// Larger than the limit; its size in bytes.
    #[error("it has {0} bytes, more than the limit: reduce it, exclude it, or raise the limit")]
    TooLarge(u64),
    /// Not UTF-8; the offset of the first invalid byte.
    #[error("it is not UTF-8 from byte {0} on: save it as UTF-8")]
    NotText(u64),
    /// It changed during the scan.
    #[error(
        "it changed while it was being read: scan again when nothing writes to the tree, or scan a commit"
    )]
    Changed,
    /// Reading failed; the message for users.
    #[error("{0}")]
    Unreadable(String),
}

impl From<PathError> for ReadError {
    fn from(_: PathError) -> Self {
        Self::Outside
    }
}

impl ReadError {
    /// The error for a name that is not UTF-8.
    pub(crate) fn name_not_utf8() -> Self {
        Self::Unreadable("its name is not UTF-8: rename it".to_owned())
    }

    /// The error for a link with a target that is not UTF-8.
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
