//! Alerts of detectors.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    AlertState, Page, Store, StoreError,
    entity::{
        alert::{Column, Entity, Model},
        json::Json,
    },
    new_id, now_ms,
};

/// A new alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// The id of the integration.
    pub integration_id: String,
    /// The detector.
    pub detector: String,
    /// Its rule.
    pub rule: String,
    /// Its severity.
    pub severity: String,
    /// A one-line title.
    pub title: String,
    /// The event.
    pub event: serde_json::Value,
    /// The time of the event, in Unix milliseconds.
    pub occurred_at: i64,
}

/// Alerts.
#[derive(Clone, Copy, Debug)]
pub struct Alerts<'a> {
    pub(crate) store: &'a Store,
}

impl Alerts<'_> {
    /// Creates an open alert.
    pub async fn create(&self, new: NewAlert) -> Result<Model, StoreError> {
        let row = Model {
            id: new_id(),
            integration_id: new.integration_id,
            detector: new.detector,
            rule: new.rule,
            severity: new.severity,
            title: new.title,
            event: Json::new(new.event)?,
            occurred_at: new.occurred_at,
            created_at: now_ms(),
            state: AlertState::Open,
        };
        self.store.insert("alert", &row.id.clone(), row).await
    }

    /// Lists the alerts of an integration, one page at a time.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }
}
