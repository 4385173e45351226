//! Detects changes of a file by its metadata.

use std::time::{Duration, SystemTime};

use cap_fs_ext::MetadataExt;
use cap_std::fs::Metadata;

/// The coarsest tick of file times: a jiffy is at most 10 ms.
const TICK: Duration = Duration::from_millis(20);

/// The metadata of a file at one moment.
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

    /// The time to wait until a change after `began` must have other times; none if no wait is needed.
    pub(crate) fn unsettled(&self, began: SystemTime) -> Option<Duration> {
        let last = self.modified.max(self.changed)?;
        // A time in the far future comes from another machine's clock; waiting for it would not help.
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
