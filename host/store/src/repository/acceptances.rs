//! Accepted risks.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{
    Page, Store, StoreError,
    entity::acceptance::{Column, Entity, Model},
    new_id, now_ms,
};

/// A new accepted risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAcceptance {
    /// The integration.
    pub integration_id: String,
    /// Only of this source.
    pub source_id: Option<String>,
    /// Only this finding.
    pub fingerprint: Option<String>,
    /// Only this control.
    pub control: Option<String>,
    /// Only resources with such an address, a pattern.
    pub resource: Option<String>,
    /// Only resources in such files, a pattern.
    pub path: Option<String>,
    /// Why.
    pub reason: String,
    /// Until then, Unix milliseconds.
    pub until_at: Option<i64>,
    /// Who.
    pub created_by: String,
}

/// Accepted risks.
#[derive(Clone, Copy, Debug)]
pub struct Acceptances<'a> {
    pub(crate) store: &'a Store,
}

impl Acceptances<'_> {
    /// Adds one.
    pub async fn create(&self, new: NewAcceptance) -> Result<Model, StoreError> {
        let row = Model {
            id: new_id(),
            integration_id: new.integration_id,
            source_id: new.source_id,
            fingerprint: new.fingerprint,
            control: new.control,
            resource: new.resource,
            path: new.path,
            reason: new.reason,
            until_at: new.until_at,
            created_by: new.created_by,
            created_at: now_ms(),
        };
        self.store.insert("acceptance", &row.id.clone(), row).await
    }

    /// The one with that id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("acceptance", id).await
    }

    /// A page of those of an integration.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }

    /// All that hold for a source at `now`.
    pub async fn in_force(
        &self,
        integration: &str,
        source: &str,
        now: i64,
    ) -> Result<Vec<Model>, StoreError> {
        let here = Condition::any().add(Column::SourceId.is_null()).add(Column::SourceId.eq(source));
        let still = Condition::any().add(Column::UntilAt.is_null()).add(Column::UntilAt.gt(now));
        let query = Entity::find().filter(Column::IntegrationId.eq(integration)).filter(here).filter(still);
        Ok(query.all(self.store.read()).await?)
    }

    /// Writes the row back.
    pub async fn update(&self, row: Model) -> Result<(), StoreError> {
        let id = row.id.clone();
        self.store.update("acceptance", &id, &id, row).await
    }

    /// Deletes one.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<Entity>("acceptance", id).await
    }
}
