//! The memory of plugins, for each tenant, with expiry. Numbers are stored as decimal text.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Store, StoreError,
    entity::guest_memory::{Column, Entity},
    now_ms,
};

/// The memory of plugins.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'a> {
    pub(crate) store: &'a Store,
}

impl Memory<'_> {
    /// Returns the value of a key, if it exists and has not expired.
    pub async fn get(&self, plugin: &str, tenant: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let id = (plugin.to_owned(), tenant.to_owned(), key.to_owned());
        let row = Entity::find_by_id(id).one(self.store.read()).await?;
        Ok(row.filter(|row| row.expires_at.is_none_or(|at| at > now_ms())).map(|row| row.value))
    }

    /// Stores a value until a time in Unix milliseconds, or without expiry.
    pub async fn put(
        &self,
        plugin: &str,
        tenant: &str,
        key: &str,
        value: Vec<u8>,
        expires_at: Option<i64>,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.execute(
            "INSERT INTO guest_memory (plugin, tenant, key, value, expires_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (plugin, tenant, key) \
             DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at",
            vec![plugin.into(), tenant.into(), key.into(), value.into(), expires_at.into()],
        )
        .await?;
        tx.commit().await
    }

    /// Adds to a number atomically and returns the sum. The first addition sets the expiry; an expired number starts
    /// from 0 again. A value that is not a number is an error.
    pub async fn add(
        &self,
        plugin: &str,
        tenant: &str,
        key: &str,
        delta: i64,
        expires_at: Option<i64>,
    ) -> Result<i64, StoreError> {
        let place = || vec![plugin.into(), tenant.into(), key.into()];
        let mut tx = self.store.begin().await?;
        // A row must exist before it can be locked.
        let mut first = place();
        first.extend([b"0".to_vec().into(), expires_at.into()]);
        tx.execute(
            "INSERT INTO guest_memory (plugin, tenant, key, value, expires_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (plugin, tenant, key) DO NOTHING",
            first,
        )
        .await?;
        let read = if tx.is_postgres() {
            "SELECT value, expires_at FROM guest_memory WHERE plugin = $1 AND tenant = $2 AND key = $3 FOR UPDATE"
        } else {
            "SELECT value, expires_at FROM guest_memory WHERE plugin = $1 AND tenant = $2 AND key = $3"
        };
        let row = tx.row(read, place()).await?.ok_or_else(|| StoreError::not_found("memory", key))?;
        let (sum, until) = match row.maybe_int(1)? {
            Some(at) if at <= now_ms() => (delta, expires_at),
            until => (number(key, &row.bytes(0)?)?.saturating_add(delta), until),
        };
        let mut values = place();
        values.extend([sum.to_string().into_bytes().into(), until.into()]);
        tx.execute(
            "UPDATE guest_memory SET value = $4, expires_at = $5 WHERE plugin = $1 AND tenant = $2 AND key = $3",
            values,
        )
        .await?;
        tx.commit().await?;
        Ok(sum)
    }

    /// Deletes values that have expired by `now`; returns their number.
    pub async fn forget_ended(&self, now: i64) -> Result<u64, StoreError> {
        let gone = Entity::delete_many().filter(Column::ExpiresAt.lte(now)).exec(self.store.write()).await?;
        Ok(gone.rows_affected)
    }
}

fn number(key: &str, value: &[u8]) -> Result<i64, StoreError> {
    let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| StoreError::Other(format!("memory {key} is not a number")))
}
