//! Interrupts the process, or its work, at a chosen durable change.
//!
//! With `PALISADE_TEST_DIE_AT=n`, the process kills itself with SIGKILL at the n-th place since its start. Within a
//! test, [`fail_at`] lets the work fail there instead, as if the database had become unavailable.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

use rustix::process::{Signal, getpid, kill_process};

use crate::StoreError;

static REACHED: AtomicU64 = AtomicU64::new(0);
static FAILS: AtomicU64 = AtomicU64::new(u64::MAX);
static DIES: OnceLock<Option<u64>> = OnceLock::new();

/// The number of places that this process has reached.
pub fn count() -> u64 {
    REACHED.load(Ordering::SeqCst)
}

/// Lets the work fail once, at the n-th place from now; a later call replaces an earlier one.
pub fn fail_at(place: u64) {
    FAILS.store(count().saturating_add(place), Ordering::SeqCst);
}

/// Whether the place of [`fail_at`] was reached.
pub fn has_failed() -> bool {
    count() >= FAILS.load(Ordering::SeqCst)
}

pub(crate) fn reached() -> Result<(), StoreError> {
    let place = REACHED.fetch_add(1, Ordering::SeqCst) + 1;
    let dies = DIES.get_or_init(|| std::env::var("PALISADE_TEST_DIE_AT").ok()?.parse().ok());
    if *dies == Some(place) {
        // Nothing runs after this, as with any other kill.
        let _ = kill_process(getpid(), Signal::KILL);
    }
    if FAILS.load(Ordering::SeqCst) == place {
        return Err(StoreError::Unavailable("it was cut off here by a test".to_owned()));
    }
    Ok(())
}
