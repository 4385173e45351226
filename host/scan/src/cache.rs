//! Cache of the answers of plugins in earlier scans.
//!
//! An answer of a plugin depends on the plugin, on its input, and on what it reads of the tree. So it is kept under a
//! digest of the first two, together with the third. It is used again only if every read would give the same: a changed
//! file, a name that did not exist before or a changed list of a folder require a new call. Failures, and answers that
//! a limit cut short, are not kept.

mod batch;
mod key;
mod segment;
mod session;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub(crate) use key::record as record_key;
pub(crate) use session::{JudgeCall, ParseCall, Session};
use store::Store;

/// The cached results of an installation, for any number of scans and threads. The cache never makes a scan fail: an
/// entry that cannot be read, was changed, or cannot be written counts as absent.
pub struct Cache {
    store: Store,
}

impl Cache {
    /// Default limit of the size on disk, in bytes.
    pub const LIMIT: u64 = 512 << 20;

    /// Opens a folder; it is created on the first write. Entries that were not written under this key are ignored.
    pub fn open(folder: PathBuf, key: &[u8; 32], limit: u64) -> Cache {
        Cache { store: Store::open(folder, key, limit) }
    }

    /// Number of entries so far that are damaged or were written by somebody else.
    pub fn damaged(&self) -> u64 {
        self.store.damaged()
    }
}
