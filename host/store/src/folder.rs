//! The data folder, which is owned by one process.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use crate::{StoreError, private_file};

/// The prefixes of the names in a data folder.
const OURS: [&str; 8] =
    ["lock", "key", "palisade.db", "bootstrap-token", "plugins", "cache", "work", "backup"];
/// The permissions of group and others.
const OTHERS: u32 = 0o077;
/// The sticky bit of folders in which everyone may write, such as `/tmp`.
const STICKY: u32 = 0o1000;

/// Owns the folder until it is dropped; the system releases the lock when the process ends for any reason.
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
        tighten(path);
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

/// Restricts an existing folder to its owner. A folder that also contains other files may be used by others, such as
/// `/var/lib`: it only causes a warning.
fn tighten(path: &Path) {
    let Ok(meta) = fs::metadata(path) else { return };
    if meta.mode() & OTHERS == 0 {
        return;
    }
    let is_ours = |name: &str| OURS.iter().any(|it| name.starts_with(it));
    let alone = fs::read_dir(path).is_ok_and(|mut all| {
        all.all(|entry| entry.is_ok_and(|it| it.file_name().to_str().is_some_and(is_ours)))
    });
    let changed = meta.mode() & STICKY == 0 && alone && private_file::tighten(path).is_ok();
    let folder = path.display();
    if changed {
        tracing::info!(%folder, "the data folder was accessible to other users; now only its owner can");
    } else {
        tracing::warn!(%folder, "other users can access the data folder: run `chmod go-rwx {folder}`");
    }
}
