//! How much of this host one integration may use at a time, so that its provider, slow or down, keeps no other waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::lock::lock;

/// So many places for each of many.
pub(crate) struct Places {
    each: usize,
    all: Mutex<HashMap<String, Arc<Semaphore>>>,
}

impl Places {
    pub(crate) fn new(each: usize) -> Places {
        Places { each: each.max(1), all: Mutex::default() }
    }

    /// The places of one of them.
    pub(crate) fn of(&self, who: &str) -> Arc<Semaphore> {
        let mut all = lock(&self.all);
        if all.len() > 10_000 {
            all.retain(|_, it| Arc::strong_count(it) > 1 || it.available_permits() < self.each);
        }
        Arc::clone(all.entry(who.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }

    /// A place, if there is one now.
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
