//! What tells that a file has changed.

use std::time::{Duration, SystemTime};

use cap_fs_ext::MetadataExt;
use cap_std::fs::Metadata;

/// How coarsely the times of files tick: a jiffy is 10 ms where it is longest.
const TICK: Duration = Duration::from_millis(20);

/// A file at one moment, without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) len: u64,
    device: u64,
    inode: u64,
    modified: Option<SystemTime>,
    changed: Option<SystemTime>,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            len: metadata.len(),
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: metadata.modified().ok().map(cap_std::time::SystemTime::into_std),
            changed: changed(metadata),
        }
    }

    /// How long to wait until a change after `began` could no longer hide behind these times; none where it
    /// cannot.
    pub(crate) fn unsettled(&self, began: SystemTime) -> Option<Duration> {
        let last = self.modified.max(self.changed)?;
        // A time far ahead is another machine's clock, and waiting for it would be in vain.
        match began.duration_since(last) {
            Ok(age) => TICK.checked_sub(age).filter(|left| !left.is_zero()),
            Err(ahead) => (ahead.duration() < TICK).then(|| TICK + ahead.duration()),
        }
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use cap_std::fs::MetadataExt as _;
    let seconds = Duration::from_secs(u64::try_from(metadata.ctime()).ok()?);
    let rest = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
    SystemTime::UNIX_EPOCH.checked_add(seconds + rest)
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<SystemTime> {
    None
}
