//! Rotation of the key of the secrets, while the service is stopped.
//!
//! The order is safe against a crash at any point: the key file contains both keys before the first secret is sealed
//! with the new one, and the old key is removed after the last one. All secrets change in one transaction. An
//! interrupted rotation is completed by the next one.

use std::path::Path;

use secrecy::ExposeSecret;

use crate::{Database, Key, Store, StoreError, cut, open::sealed, private_file, seal::Ring};

/// A host with a heartbeat within this time is running, in milliseconds.
const ALIVE: i64 = 5_000;

/// The result of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The id of the current key.
    pub key: String,
    /// The number of secrets that were sealed again.
    pub secrets: usize,
    /// Whether an interrupted rotation was completed, with its key.
    pub resumed: bool,
    /// The number of keys that were removed from the file.
    pub removed: usize,
}

impl Store {
    /// Seals all secrets with a new key, which becomes the first line of the key file. Previous keys are removed from
    /// it unless `keep` is set. No other host may be running, since it does not know the new key.
    pub async fn rotate_key(&self, path: &Path, keep: bool) -> Result<Rotation, StoreError> {
        self.refuse_other_hosts().await?;
        // The target of a link is replaced, not the link.
        let path = &path.canonicalize().map_err(|error| failed(path, &error))?;
        let resumed = self.is_resealing().await?;
        let (key, before) = {
            let ring = self.shared.ring.read().await;
            let key = if resumed { ring.current()?.copy()? } else { Key::generate()? };
            let both = ring.with_first(&key)?;
            if !resumed {
                write_keys(path, &both)?;
            }
            (key, both.len())
        };
        let secrets = self.rewrap(&key).await?;
        let removed = if keep { 0 } else { before.saturating_sub(1) };
        if removed > 0 {
            let mut ring = self.shared.ring.write().await;
            let alone = ring.first_alone()?;
            write_keys(path, &alone)?;
            *ring = alone;
        }
        Ok(Rotation { key: key.id().to_owned(), secrets, resumed, removed })
    }

    /// Seals all secrets with the first of the keys that the store was opened with, if another one has sealed any;
    /// returns the number of secrets that were sealed again. For keys that are not in a file of ours.
    pub async fn reseal(&self) -> Result<usize, StoreError> {
        self.refuse_other_hosts().await?;
        if !self.is_resealing().await? {
            return Ok(0);
        }
        let key = self.shared.ring.read().await.current()?.copy()?;
        self.rewrap(&key).await
    }

    /// Whether another key than the first one has sealed a secret.
    async fn is_resealing(&self) -> Result<bool, StoreError> {
        let ring = self.shared.ring.read().await;
        let current = ring.current()?.id();
        Ok(sealed(self.write()).await?.iter().any(|(id, _)| id != current))
    }

    /// On SQLite, no other host can run, since this process owns the folder.
    async fn refuse_other_hosts(&self) -> Result<(), StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(()) };
        let alive: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM meta WHERE key LIKE 'host:%' \
             AND value::bigint > (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1",
        )
        .bind(ALIVE)
        .fetch_one(pool)
        .await?;
        if alive == 0 {
            return Ok(());
        }
        Err(StoreError::Unavailable(format!(
            "a host of this database is running, or was {} seconds ago: stop `palisade serve` on every host first",
            ALIVE / 1_000
        )))
    }
}

/// Writes the key file durably.
fn write_keys(path: &Path, ring: &Ring) -> Result<(), StoreError> {
    cut::before()?;
    private_file::replace(path, ring.to_text().expose_secret().as_bytes())
        .map_err(|error| failed(path, &error))?;
    cut::after()
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Sealed(format!("key file {} cannot be written: {error}", path.display()))
}
