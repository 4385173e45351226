//! Connections: an App on a server.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use crate::{
    Page, Store, StoreError,
    entity::{
        connection::{Column, Entity, Model},
        json::Json,
        meta,
    },
    new_id, now_ms,
    transaction::Value as Bind,
};

const WHAT: &str = "connection";

/// The key of the time at which a connection's provider was last asked for lost deliveries.
fn redelivered(id: &str) -> String {
    format!("redelivered:{id}")
}

/// Connections.
#[derive(Clone, Copy, Debug)]
pub struct Connections<'a> {
    pub(crate) store: &'a Store,
}

impl Connections<'_> {
    /// Creates a connection. The settings contain no secret.
    pub async fn create(&self, provider: &str, name: &str, settings: &Value) -> Result<Model, StoreError> {
        let now = now_ms();
        let row = Model {
            id: new_id(),
            provider: provider.to_owned(),
            name: name.to_owned(),
            settings: Json::new(settings.clone())?,
            created_at: now,
            updated_at: now,
        };
        self.store.insert(WHAT, name, row).await
    }

    /// Returns the connection with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>(WHAT, id).await
    }

    /// Returns the connection with this name.
    pub async fn by_name(&self, name: &str) -> Result<Option<Model>, StoreError> {
        Ok(Entity::find().filter(Column::Name.eq(name)).one(self.store.read()).await?)
    }

    /// Lists the connections, one page at a time.
    pub async fn list(&self, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(self.store.read(), Entity::find(), Column::Id).await
    }

    /// Updates name, provider and settings.
    pub async fn update(&self, row: Model) -> Result<(), StoreError> {
        let (id, name) = (row.id.clone(), row.name.clone());
        self.store.update(WHAT, &id, &name, Model { updated_at: now_ms(), ..row }).await
    }

    /// The time at which its provider was last asked for lost deliveries, in Unix milliseconds.
    pub async fn redelivered_at(&self, id: &str) -> Result<Option<i64>, StoreError> {
        let row = meta::Entity::find_by_id(redelivered(id)).one(self.store.read()).await?;
        Ok(row.and_then(|row| row.value.parse().ok()))
    }

    /// Sets the time at which its provider was last asked for lost deliveries.
    pub async fn set_redelivered_at(&self, id: &str, at: i64) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        tx.execute(sql, vec![redelivered(id).into(), at.to_string().into()]).await?;
        tx.commit().await
    }

    /// Deletes a connection with its integrations, deliveries and secrets.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.execute(
            "DELETE FROM secret WHERE owner_kind = 'connection' AND owner_id = $1",
            vec![Bind::from(id)],
        )
        .await?;
        tx.execute("DELETE FROM meta WHERE key = $1", vec![redelivered(id).into()]).await?;
        let gone = tx.execute("DELETE FROM connection WHERE id = $1", vec![Bind::from(id)]).await?;
        if gone == 0 {
            return Err(StoreError::not_found(WHAT, id));
        }
        tx.commit().await
    }
}
