//! Webhooks of repositories.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    Store, StoreError,
    entity::hook::{Column, Entity, Model},
    new_id, now_ms,
    transaction::Value,
};

/// Webhooks of repositories.
#[derive(Clone, Copy, Debug)]
pub struct Hooks<'a> {
    pub(crate) store: &'a Store,
}

impl Hooks<'_> {
    /// Records that a repository has a webhook, or will have one in a moment: what is created at the provider is known
    /// here first, so that it is removed in any case.
    pub async fn begin(&self, integration: &str, repository: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO hook (id, integration_id, repository, problems, ensured_at) VALUES ($1, $2, $3, '[]', 0) \
                   ON CONFLICT (integration_id, repository) DO NOTHING";
        self.execute(sql, vec![new_id().into(), integration.into(), repository.into()]).await
    }

    /// Records the result of the last attempt: none if the webhook has the required state.
    pub async fn ensured(
        &self,
        integration: &str,
        repository: &str,
        problems: &[String],
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE hook SET problems = $3, ensured_at = $4 WHERE integration_id = $1 AND repository = $2";
        let problems = serde_json::to_string(problems)?;
        self.execute(sql, vec![integration.into(), repository.into(), problems.into(), now_ms().into()]).await
    }

    /// Requires that all webhooks of an integration are ensured again.
    pub async fn expire(&self, integration: &str) -> Result<(), StoreError> {
        self.execute("UPDATE hook SET ensured_at = 0 WHERE integration_id = $1", vec![integration.into()])
            .await
    }

    /// Records that the webhook of a repository was removed.
    pub async fn removed(&self, integration: &str, repository: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM hook WHERE integration_id = $1 AND repository = $2";
        self.execute(sql, vec![integration.into(), repository.into()]).await
    }

    /// Lists the webhooks of an integration, by repository.
    pub async fn of_integration(&self, integration: &str) -> Result<Vec<Model>, StoreError> {
        let query =
            Entity::find().filter(Column::IntegrationId.eq(integration)).order_by_asc(Column::Repository);
        Ok(query.all(self.store.read()).await?)
    }

    async fn execute(&self, sql: &'static str, values: Vec<Value>) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        tx.execute(sql, values).await?;
        tx.commit().await
    }
}
