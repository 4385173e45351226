//! State of an adapter's calls in the database: the provider's waits, and the adapter's memory.

use std::time::Duration;

use async_trait::async_trait;
use palisade_capabilities::Memory;
use palisade_outbound::Gate;
use palisade_store::{Store, now_ms};

/// The waits of one integration, shared by all hosts.
pub(crate) struct IntegrationGate {
    pub(crate) store: Store,
    pub(crate) integration: String,
}

#[async_trait]
impl Gate for IntegrationGate {
    async fn wait(&self) -> Option<Duration> {
        // If the database does not respond, the following request fails with its own error.
        let until = self.store.integrations().wait_until(&self.integration).await.ok().flatten()?;
        let left = u64::try_from(until - now_ms()).ok()?;
        (left > 0).then(|| Duration::from_millis(left))
    }

    async fn hold(&self, time: Duration) {
        let until = now_ms().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        if let Err(error) = self.store.integrations().hold_until(&self.integration, until).await {
            tracing::warn!(integration = %self.integration, %error, "the provider's wait is not kept");
        }
    }
}

/// The memory of one adapter for one integration.
pub(crate) struct StoredMemory {
    pub(crate) store: Store,
    pub(crate) plugin: String,
    pub(crate) tenant: String,
}

#[async_trait]
impl Memory for StoredMemory {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        self.store.memory().get(&self.plugin, &self.tenant, key).await.map_err(|error| error.to_string())
    }

    async fn put(&self, key: &str, value: Vec<u8>, seconds: u32) -> Result<(), String> {
        self.store
            .memory()
            .put(&self.plugin, &self.tenant, key, value, ends(seconds))
            .await
            .map_err(|error| error.to_string())
    }

    async fn add(&self, key: &str, delta: i64, seconds: u32) -> Result<i64, String> {
        self.store
            .memory()
            .add(&self.plugin, &self.tenant, key, delta, ends(seconds))
            .await
            .map_err(|error| error.to_string())
    }
}

/// The expiry of a value that is kept for a number of seconds, in Unix milliseconds.
#[expect(clippy::unnecessary_wraps, reason = "what the store takes, where some values never end")]
fn ends(seconds: u32) -> Option<i64> {
    Some(now_ms().saturating_add(i64::from(seconds) * 1_000))
}
