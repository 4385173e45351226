//! Limits per integration on this host, so that a slow or unavailable provider does not delay other integrations.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::lock::lock;

/// A number of places for each key.
pub(crate) struct Places {
    each: usize,
    all: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Places {
    pub(crate) fn new(each: usize) -> Places {
        Places { each: each.max(1), all: Mutex::default() }
    }

    /// The places of one key.
    pub(crate) fn of(&self, who: &str) -> Arc<Semaphore> {
        let mut all = lock(&self.all);
        if all.len() > 10_000 {
            all.retain(|_, it| Arc::strong_count(it) > 1 || it.available_permits() < self.each);
        }
        Arc::clone(all.entry(who.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }

    /// Returns a place, if one is free.
    pub(crate) fn take(&self, who: &str) -> Option<OwnedSemaphorePermit> {
        self.of(who).try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn one_takes_no_place_of_another() {
        let places = Places::new(2);
        let taken: Vec<_> = (0..3).map(|_| places.take("a")).collect();
        assert_eq!(taken.iter().flatten().count(), 2);
        assert!(places.take("b").is_some());
        drop(taken);
        assert!(places.take("a").is_some());
    }
}
