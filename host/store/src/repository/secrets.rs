//! Sealed secrets of connections and other owners.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    Key, Store, StoreError,
    entity::secret::{Column, Entity, Model},
    now_ms,
    seal::{self, Place},
    transaction::{Tx, Value},
};

/// A new secret of a webhook, in the form of Standard Webhooks, which every provider accepts: `whsec_` and 32 random
/// bytes in Base64.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
pub fn new_webhook_secret() -> Result<SecretString, StoreError> {
    let bytes = Key::generate()?.to_text();
    Ok(SecretString::from(format!("whsec_{}", bytes.expose_secret())))
}

impl Store {
    /// Stores a secret, and replaces the one with this name.
    pub async fn secret_set(
        &self,
        owner_kind: &str,
        owner_id: &str,
        name: &str,
        secret: &SecretString,
    ) -> Result<(), StoreError> {
        let place = Place { owner_kind, owner_id, name };
        // Held to the end, so that `rewrap` includes secrets that are sealed with the previous key.
        let ring = self.shared.ring.read().await;
        let key = ring.current()?;
        let sealed = seal::seal(key, place, secret)?;
        let mut tx = self.begin().await?;
        write(&mut tx, place, key, sealed, now_ms()).await?;
        tx.commit().await
    }

    /// Returns the secret with this name.
    pub async fn secret_get(
        &self,
        owner_kind: &str,
        owner_id: &str,
        name: &str,
    ) -> Result<Option<SecretString>, StoreError> {
        let found = self.secret_with_time(owner_kind, owner_id, name).await?;
        Ok(found.map(|(secret, _)| secret))
    }

    /// Returns the secret with this name, and the time at which it was set, in Unix milliseconds.
    pub async fn secret_with_time(
        &self,
        owner_kind: &str,
        owner_id: &str,
        name: &str,
    ) -> Result<Option<(SecretString, i64)>, StoreError> {
        let id = (owner_kind.to_owned(), owner_id.to_owned(), name.to_owned());
        let Some(row) = Entity::find_by_id(id).one(self.read()).await? else { return Ok(None) };
        let ring = self.shared.ring.read().await;
        let secret = ring.open(place(&row), &row.key_id, &row.sealed)?;
        Ok(Some((secret, row.updated_at)))
    }

    /// Deletes a secret; returns whether it existed.
    pub async fn secret_delete(
        &self,
        owner_kind: &str,
        owner_id: &str,
        name: &str,
    ) -> Result<bool, StoreError> {
        let id = (owner_kind.to_owned(), owner_id.to_owned(), name.to_owned());
        let gone = Entity::delete_by_id(id).exec(self.write()).await?;
        Ok(gone.rows_affected > 0)
    }

    /// Deletes a secret that was set at this time or earlier, in Unix milliseconds; returns whether it existed.
    pub async fn secret_delete_older(
        &self,
        owner_kind: &str,
        owner_id: &str,
        name: &str,
        set_at: i64,
    ) -> Result<bool, StoreError> {
        let gone = Entity::delete_many()
            .filter(Column::OwnerKind.eq(owner_kind))
            .filter(Column::OwnerId.eq(owner_id))
            .filter(Column::Name.eq(name))
            .filter(Column::UpdatedAt.lte(set_at))
            .exec(self.write())
            .await?;
        Ok(gone.rows_affected > 0)
    }

    /// Seals all secrets with another key, all or none, and uses it from now on; returns their number. The caller first
    /// writes the key to the first line of the key file, so that no crash leaves secrets without a key.
    pub async fn rewrap(&self, new_key: &Key) -> Result<usize, StoreError> {
        let mut ring = self.shared.ring.write().await;
        let rows = Entity::find().all(self.write()).await?;
        let mut tx = self.begin().await?;
        for row in &rows {
            let secret = ring.open(place(row), &row.key_id, &row.sealed)?;
            // The time of the secret does not change.
            let sealed = seal::seal(new_key, place(row), &secret)?;
            write(&mut tx, place(row), new_key, sealed, row.updated_at).await?;
        }
        tx.commit().await?;
        ring.put_first(Key::parse(&new_key.to_text())?);
        Ok(rows.len())
    }
}

fn place(row: &Model) -> Place<'_> {
    Place { owner_kind: &row.owner_kind, owner_id: &row.owner_id, name: &row.name }
}

async fn write(
    tx: &mut Tx,
    place: Place<'_>,
    key: &Key,
    sealed: Vec<u8>,
    set_at: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO secret (owner_kind, owner_id, name, version, sealed, key_id, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (owner_kind, owner_id, name) \
         DO UPDATE SET version = excluded.version, sealed = excluded.sealed, key_id = excluded.key_id, \
         updated_at = excluded.updated_at",
        vec![
            place.owner_kind.into(),
            place.owner_id.into(),
            place.name.into(),
            seal::VERSION.into(),
            sealed.into(),
            Value::from(key.id()),
            set_at.into(),
        ],
    )
    .await?;
    Ok(())
}
