//! How much of this host one integration may use at a time, so that its provider, slow or down, keeps no other waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::service::lock;

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

/// What is computed at a time: in all, and for one integration.
pub(crate) struct Computing {
    all: Arc<Semaphore>,
    each: Places,
}

/// Given back when it is dropped.
pub(crate) struct Computes {
    _each: Option<OwnedSemaphorePermit>,
    _all: Option<OwnedSemaphorePermit>,
}

impl Computing {
    /// One integration has all places but one.
    pub(crate) fn new(most: usize) -> Computing {
        Computing { all: Arc::new(Semaphore::new(most.max(1))), each: Places::new(most.saturating_sub(1)) }
    }

    /// Waits until an integration may compute.
    pub(crate) async fn begin(&self, who: &str) -> Computes {
        // Nobody closes them.
        let each = self.each.of(who).acquire_owned().await.ok();
        let all = Arc::clone(&self.all).acquire_owned().await.ok();
        Computes { _each: each, _all: all }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Computing, Places};

    #[test]
    fn one_takes_no_place_of_another() {
        let places = Places::new(2);
        let taken: Vec<_> = (0..3).map(|_| places.take("a")).collect();
        assert_eq!(taken.iter().flatten().count(), 2);
        assert!(places.take("b").is_some());
        drop(taken);
        assert!(places.take("a").is_some());
    }

    #[tokio::test]
    async fn a_place_is_left_for_others() {
        let computing = Computing::new(2);
        let _first = computing.begin("a").await;
        let soon = Duration::from_millis(50);
        assert!(tokio::time::timeout(soon, computing.begin("a")).await.is_err(), "it has all but one");
        assert!(tokio::time::timeout(soon, computing.begin("b")).await.is_ok());
    }
}
