//! Memory of a guest that is kept between its calls.

use async_trait::async_trait;

/// Values with a lifetime, of one plugin and one tenant.
#[async_trait]
pub trait Memory: Send + Sync {
    /// Returns the value of a key, if it exists and has not expired.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String>;
    /// Keeps a value for a number of seconds.
    async fn put(&self, key: &str, value: Vec<u8>, seconds: u32) -> Result<(), String>;
    /// Adds to a number atomically and returns the sum; the lifetime begins with the first addition.
    async fn add(&self, key: &str, delta: i64, seconds: u32) -> Result<i64, String>;
}
