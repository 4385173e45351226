//! The data folder, which one process owns.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::StoreError;

/// Holds the folder until it is dropped; the system lets go of the lock when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Folder {
    _lock: File,
}

impl Folder {
    pub(crate) fn own(path: &Path) -> Result<Self, StoreError> {
        let failed = |what: &str, error: std::io::Error| {
            StoreError::Other(format!("data folder {}: {what}: {error}", path.display()))
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| failed("cannot be created", error))?;
        let lock = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(|error| failed("its lock cannot be opened", error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
                "data folder {} is in use by another process, stop that one first",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed("cannot be locked", error)),
        }
    }
}
