//! Limits the computations that run at the same time on this host, fairly: of the waiting integrations, the one that
//! has recently computed least is next. So an integration whose repositories take seconds does not wait for one whose
//! repositories take minutes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::lock::lock;

/// The half-life of used computing time.
const HALF_LIFE: Duration = Duration::from_mins(10);
/// Above this number of integrations, those with little recent computing time are removed.
const REMEMBERED: usize = 10_000;

/// Places for computations.
pub(crate) struct Computing(Arc<Mutex<Places>>);

struct Places {
    free: usize,
    /// The maximum number of places of one integration.
    each: usize,
    of: HashMap<String, Usage>,
    waiting: Vec<Waiter>,
    /// Computing time that was not added to the sums yet.
    owed: HashMap<String, Duration>,
}

/// The recent computing time of one integration.
struct Usage {
    seconds: f64,
    /// The time at which `seconds` was updated.
    at: Instant,
    /// The start times of its running computations.
    running: Vec<Instant>,
}

struct Waiter {
    who: String,
    place: oneshot::Sender<Computes>,
}

/// A place, which is returned when this is dropped.
pub(crate) struct Computes {
    places: Option<Arc<Mutex<Places>>>,
    who: String,
    since: Instant,
}

impl Usage {
    fn new(now: Instant) -> Usage {
        Usage { seconds: 0.0, at: now, running: Vec::new() }
    }

    /// Seconds of computing, of which older ones count less.
    fn lately(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let running = self.running.iter().map(|it| now.saturating_duration_since(*it).as_secs_f64());
        self.seconds * (-passed / HALF_LIFE.as_secs_f64()).exp2() + running.sum::<f64>()
    }
}

impl Places {
    /// The index of the next waiting integration.
    fn next(&self, now: Instant) -> Option<usize> {
        let usage = |who: &str| self.of.get(who).map_or((0, 0.0), |it| (it.running.len(), it.lately(now)));
        let able = self.waiting.iter().enumerate().filter(|(_, it)| usage(&it.who).0 < self.each);
        let first = able.min_by(|(_, one), (_, other)| usage(&one.who).1.total_cmp(&usage(&other.who).1));
        first.map(|(row, _)| row)
    }

    fn begin(&mut self, who: &str, now: Instant) {
        self.free = self.free.saturating_sub(1);
        let usage = self.of.entry(who.to_owned()).or_insert_with(|| Usage::new(now));
        usage.running.push(now);
    }

    fn end(&mut self, who: &str, since: Instant, now: Instant) {
        self.free += 1;
        let took = now.saturating_duration_since(since);
        if let Some(usage) = self.of.get_mut(who) {
            if let Some(row) = usage.running.iter().position(|it| *it == since) {
                usage.running.swap_remove(row);
            }
            let before = Usage { running: Vec::new(), ..*usage }.lately(now);
            (usage.seconds, usage.at) = (before + took.as_secs_f64(), now);
        }
        *self.owed.entry(who.to_owned()).or_default() += took;
        if self.of.len() > REMEMBERED {
            self.of.retain(|_, it| !it.running.is_empty() || it.lately(now) > 1.0);
        }
    }
}

/// Gives free places to waiting integrations.
fn give(all: &Arc<Mutex<Places>>) {
    let mut places = lock(all);
    while places.free > 0 {
        let now = Instant::now();
        let Some(row) = places.next(now) else { return };
        let Waiter { who, place } = places.waiting.remove(row);
        places.begin(&who, now);
        let computes = Computes { places: Some(Arc::clone(all)), who, since: now };
        if let Err(mut nobody) = place.send(computes) {
            // The receiver no longer waits.
            nobody.places = None;
            places.end(&nobody.who, now, now);
        }
    }
}

impl Computing {
    /// Creates this number of places. One integration can use all but one of them.
    pub(crate) fn new(most: usize) -> Computing {
        let free = most.max(1);
        let each = free.saturating_sub(1).max(1);
        let (of, waiting, owed) = (HashMap::new(), Vec::new(), HashMap::new());
        Computing(Arc::new(Mutex::new(Places { free, each, of, waiting, owed })))
    }

    /// Waits until an integration may compute.
    pub(crate) async fn begin(&self, who: &str) -> Computes {
        let (place, given) = oneshot::channel();
        lock(&self.0).waiting.push(Waiter { who: who.to_owned(), place });
        give(&self.0);
        // A waiter is dropped only after its place was sent.
        given.await.unwrap_or_else(|_| Computes { places: None, who: who.to_owned(), since: Instant::now() })
    }

    /// Returns and resets the computing time of each integration since the last call.
    pub(crate) fn owed(&self) -> HashMap<String, Duration> {
        std::mem::take(&mut lock(&self.0).owed)
    }
}

impl Drop for Computes {
    fn drop(&mut self) {
        if let Some(places) = self.places.take() {
            let now = Instant::now();
            metrics::histogram!("palisade_computing_seconds")
                .record(now.saturating_duration_since(self.since));
            lock(&places).end(&self.who, self.since, now);
            give(&places);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::Computing;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_place_is_left_for_others() {
        let computing = Computing::new(2);
        let first = computing.begin("a").await;
        assert!(timeout(SOON, computing.begin("a")).await.is_err(), "it has all but one");
        let other = timeout(SOON, computing.begin("b")).await.expect("one is left");
        assert!(timeout(SOON, computing.begin("c")).await.is_err(), "there are two");
        drop((first, other));
        // A cancelled waiter holds no place.
        let both = (computing.begin("a").await, computing.begin("b").await);
        drop(both);
    }

    #[tokio::test]
    async fn the_one_that_computed_least_goes_first() {
        let computing = Arc::new(Computing::new(1));
        for (who, time) in [("busy", 60), ("idle", 5)] {
            let place = computing.begin(who).await;
            tokio::time::sleep(Duration::from_millis(time)).await;
            drop(place);
        }
        let place = computing.begin("other").await;
        let (sender, mut order) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for who in ["busy", "busy", "idle", "new"] {
            let (computing, sender) = (Arc::clone(&computing), sender.clone());
            tasks.push(tokio::spawn(async move {
                let _place = computing.begin(who).await;
                sender.send(who).unwrap();
            }));
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(SOON).await;
        drop(place);
        for task in tasks {
            task.await.unwrap();
        }
        let mut seen = Vec::new();
        while let Ok(who) = order.try_recv() {
            seen.push(who);
        }
        assert_eq!(seen, ["new", "idle", "busy", "busy"]);
        let owed = computing.owed();
        assert!(owed["busy"] >= Duration::from_millis(60) && owed["idle"] < owed["busy"], "{owed:?}");
        assert!(computing.owed().is_empty());
    }
}
