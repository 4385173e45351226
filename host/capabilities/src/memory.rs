//! A small memory of a guest that outlives its calls.

use async_trait::async_trait;

/// Values with a lifetime, of one plugin and one tenant.
#[async_trait]
pub trait Memory: Send + Sync {
    /// The value under a key, where there is one that has not ended.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String>;
    /// Keeps a value for so many seconds.
    async fn put(&self, key: &str, value: Vec<u8>, seconds: u32) -> Result<(), String>;
    /// Adds to a number in one step and gives the sum; the lifetime counts from the first addition.
    async fn add(&self, key: &str, delta: i64, seconds: u32) -> Result<i64, String>;
}
