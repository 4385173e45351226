//! Cutting the process, or its work, off at a chosen place where something becomes durable.
//!
//! `PALISADE_TEST_DIE_AT=n` lets the process die by SIGKILL at the n-th of these places since it began. Within a test,
//! [`fail_at`] lets the work there fail instead, as it does when the database goes away.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use rustix::process::{Signal, getpid, kill_process};

use crate::StoreError;

static REACHED: AtomicU64 = AtomicU64::new(0);
static FAILS: AtomicU64 = AtomicU64::new(u64::MAX);
static DIES: OnceLock<Option<u64>> = OnceLock::new();

/// How many places this process has come by.
pub fn count() -> u64 {
    REACHED.load(Ordering::SeqCst)
}

/// Lets the work fail once, at the n-th place from now; what is asked for later stands instead.
pub fn fail_at(place: u64) {
    FAILS.store(count().saturating_add(place), Ordering::SeqCst);
}

/// Whether the place that [`fail_at`] named has been come by.
pub fn has_failed() -> bool {
    count() >= FAILS.load(Ordering::SeqCst)
}

pub(crate) fn reached() -> Result<(), StoreError> {
    let place = REACHED.fetch_add(1, Ordering::SeqCst) + 1;
    let dies = DIES.get_or_init(|| std::env::var("PALISADE_TEST_DIE_AT").ok()?.parse().ok());
    if *dies == Some(place) {
        // Nothing runs any more after this, as with any other kill.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    if FAILS.load(Ordering::SeqCst) == place {
        return Err(StoreError::Unavailable("it was cut off here by a test".to_owned()));
    }
    Ok(())
}
