//! Integrations: an App that is installed on an account.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    IntegrationStatus, Page, Store, StoreError,
    entity::{
        integration::{Column, Entity, Model},
        json::Json,
        kinds::AsText,
    },
    new_id, now_ms,
    transaction::Value,
};

const WHAT: &str = "integration";

/// A new integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIntegration {
    /// The id of the connection.
    pub connection_id: String,
    /// The name, for users.
    pub name: String,
    /// The provider's installation id.
    pub account: String,
    /// The provider's name of the account.
    pub account_name: String,
    /// The status.
    pub status: IntegrationStatus,
}

/// Integrations.
#[derive(Clone, Copy, Debug)]
pub struct Integrations<'a> {
    pub(crate) store: &'a Store,
}

impl Integrations<'_> {
    /// Creates an integration; an account can be used once in a connection.
    pub async fn create(&self, new: NewIntegration) -> Result<Model, StoreError> {
        let row = Model {
            id: new_id(),
            connection_id: new.connection_id,
            name: new.name,
            account: new.account,
            account_name: new.account_name,
            status: new.status,
            status_detail: String::new(),
            checked_at: None,
            last_scanned_at: None,
            wait_until: None,
            warnings: Json::new(Vec::new())?,
            created_at: now_ms(),
        };
        let account = row.account.clone();
        self.store.insert(WHAT, &account, row).await
    }

    /// Returns the integration with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>(WHAT, id).await
    }

    /// Returns the integration of an account.
    pub async fn by_account(&self, connection: &str, account: &str) -> Result<Option<Model>, StoreError> {
        let query =
            Entity::find().filter(Column::ConnectionId.eq(connection)).filter(Column::Account.eq(account));
        Ok(query.one(self.store.read()).await?)
    }

    /// Lists the integrations, one page at a time.
    pub async fn list(&self, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(self.store.read(), Entity::find(), Column::Id).await
    }

    /// Lists the integrations of a connection, one page at a time.
    pub async fn of_connection(&self, connection: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(self.store.read(), Entity::find().filter(Column::ConnectionId.eq(connection)), Column::Id)
            .await
    }

    /// Renames an integration.
    pub async fn rename(&self, id: &str, name: &str) -> Result<(), StoreError> {
        self.change(id, "UPDATE integration SET name = $2 WHERE id = $1", vec![id.into(), name.into()]).await
    }

    /// Sets the provider's id of the account, which changes if the App is removed and installed again.
    pub async fn set_account(&self, id: &str, account: &str) -> Result<(), StoreError> {
        self.change(id, "UPDATE integration SET account = $2 WHERE id = $1", vec![id.into(), account.into()])
            .await
    }

    /// Sets the status, as of now.
    pub async fn set_status(
        &self,
        id: &str,
        status: IntegrationStatus,
        detail: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE integration SET status = $2, status_detail = $3, checked_at = $4 WHERE id = $1";
        self.change(id, sql, vec![id.into(), status.as_text().into(), detail.into(), now_ms().into()]).await
    }

    /// Replaces the warnings.
    pub async fn set_warnings(&self, id: &str, warnings: &[String]) -> Result<(), StoreError> {
        let text = serde_json::to_string(warnings)?;
        self.change(id, "UPDATE integration SET warnings = $2 WHERE id = $1", vec![id.into(), text.into()])
            .await
    }

    /// Records that a scan of it ended at `at`.
    pub async fn scanned(&self, id: &str, at: i64) -> Result<(), StoreError> {
        let sql = "UPDATE integration SET last_scanned_at = $2 WHERE id = $1";
        self.change(id, sql, vec![id.into(), at.into()]).await
    }

    /// Records that the provider asked us to wait until `ms`; an earlier time does not shorten a later one.
    pub async fn hold_until(&self, id: &str, ms: i64) -> Result<(), StoreError> {
        let sql = "UPDATE integration SET wait_until = \
                   CASE WHEN wait_until IS NULL OR wait_until < $2 THEN $2 ELSE wait_until END WHERE id = $1";
        self.change(id, sql, vec![id.into(), ms.into()]).await
    }

    /// The time until which the provider asked us to wait.
    pub async fn wait_until(&self, id: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.get(id).await?.wait_until)
    }

    /// Deletes an integration with its sources, pull requests, checks and their data.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<Entity>(WHAT, id).await
    }

    async fn change(&self, id: &str, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        if tx.execute(sql, values).await? == 0 {
            return Err(StoreError::not_found(WHAT, id));
        }
        tx.commit().await
    }
}
