//! Measures the CPU time of a call, independent of the load of the machine.
//!
//! Wall time would penalise a plugin on a busy machine and make verdicts depend on load. So each poll of a call's
//! future is charged the CPU time of the thread, and the epoch callback, which runs during a poll, reads the same
//! clock.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of this thread, in nanoseconds.
fn thread_time() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

/// The CPU time of one call. Only one thread polls a call at a time, so memory ordering does not matter.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    charged: AtomicU64,
    poll_began: AtomicU64,
}

impl Meter {
    /// CPU time of all finished polls, and of the one that is running on this thread.
    pub(crate) fn used_within_poll(&self) -> Duration {
        let running = thread_time().saturating_sub(self.poll_began.load(Ordering::Relaxed));
        Duration::from_nanos(self.charged.load(Ordering::Relaxed) + running)
    }

    /// CPU time of all finished polls.
    pub(crate) fn used(&self) -> Duration {
        Duration::from_nanos(self.charged.load(Ordering::Relaxed))
    }
}

/// A future whose polls are measured.
pub(crate) struct Metered<'a, T> {
    meter: Arc<Meter>,
    inner: Pin<Box<dyn Future<Output = T> + Send + 'a>>,
}

impl<'a, T> Metered<'a, T> {
    pub(crate) fn new(meter: Arc<Meter>, inner: impl Future<Output = T> + Send + 'a) -> Self {
        Metered { meter, inner: Box::pin(inner) }
    }
}

impl<T> Future for Metered<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let began = thread_time();
        self.meter.poll_began.store(began, Ordering::Relaxed);
        let result = self.inner.as_mut().poll(context);
        let took = thread_time().saturating_sub(began);
        self.meter.charged.fetch_add(took, Ordering::Relaxed);
        result
    }
}
