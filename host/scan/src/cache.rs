//! What earlier scans have found out, and may be found again without asking a plugin.
//!
//! A plugin's answer depends on the plugin, on what it is asked, and on what it looks at in the tree; so it is kept
//! under a digest of the first two, together with the third. It is used again when every look would show the same:
//! a file with other bytes, a name that was not there, a folder that lists another one all make it a new question.
//! Answers that could not be had, or that a bound cut short, are not kept.

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

/// The results of an installation, for any number of scans and threads. It is never a reason for a scan to fail:
/// what is not to be read, was changed by somebody, or cannot be written is as if it had not been kept.
pub struct Cache {
    store: Store,
}

impl Cache {
    /// As many bytes on disk as anybody should want.
    pub const LIMIT: u64 = 512 << 20;

    /// Opens a folder, which is made when something is put into it. What is in it counts only where it was written
    /// under this key.
    pub fn open(folder: PathBuf, key: &[u8; 32], limit: u64) -> Cache {
        Cache { store: Store::open(folder, key, limit) }
    }

    /// How much was found so far that is damaged, or that somebody else has put there.
    pub fn damaged(&self) -> u64 {
        self.store.damaged()
    }
}
