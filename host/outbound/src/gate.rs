//! Waits that remote servers asked for, and where they are stored.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;

/// Stores the waits of one integration. An implementation may share them between processes.
#[async_trait]
pub trait Gate: Send + Sync {
    /// The remaining wait of this integration's requests; `None` if they need not wait.
    async fn wait(&self) -> Option<Duration>;

    /// Blocks requests for this time from now on. It never shortens an existing wait.
    async fn hold(&self, time: Duration);
}

/// Never waits.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenGate;

#[async_trait]
impl Gate for OpenGate {
    async fn wait(&self) -> Option<Duration> {
        None
    }

    async fn hold(&self, _time: Duration) {}
}

/// Stores the wait in this process.
#[derive(Debug, Default)]
pub struct MemoryGate(Mutex<Option<Instant>>);

#[async_trait]
impl Gate for MemoryGate {
    async fn wait(&self) -> Option<Duration> {
        let end = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        end?.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    async fn hold(&self, time: Duration) {
        let end = Instant::now().checked_add(time);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = end.max(*kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_is_never_shortened_and_ends() {
        let gate = MemoryGate::default();
        assert_eq!(gate.wait().await, None);
        gate.hold(Duration::from_mins(1)).await;
        gate.hold(Duration::from_secs(1)).await;
        assert!(gate.wait().await.unwrap() > Duration::from_secs(50));

        let short = MemoryGate::default();
        short.hold(Duration::from_millis(5)).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(short.wait().await, None);
    }

    #[tokio::test]
    async fn an_open_gate_forgets() {
        OpenGate.hold(Duration::from_mins(1)).await;
        assert_eq!(OpenGate.wait().await, None);
    }
}
