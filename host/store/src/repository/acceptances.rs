//! Accepted risks.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::{
    Page, Store, StoreError,
    entity::acceptance::{Column, Entity, Model},
    new_id, now_ms,
    repository::pulls::Reported,
    transaction::{Tx, Value},
};

/// A new accepted risk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewAcceptance {
    /// The id of the integration.
    pub integration_id: String,
    /// Limits it to this source.
    pub source_id: Option<String>,
    /// Limits it to this finding.
    pub fingerprint: Option<String>,
    /// Limits it to this control.
    pub control: Option<String>,
    /// Limits it to resources whose address matches this pattern.
    pub resource: Option<String>,
    /// Limits it to resources in files that match this pattern.
    pub path: Option<String>,
    /// The reason.
    pub reason: String,
    /// The end, in Unix milliseconds.
    pub until_at: Option<i64>,
    /// The name of the user.
    pub created_by: String,
}

/// Accepted risks.
#[derive(Clone, Copy, Debug)]
pub struct Acceptances<'a> {
    pub(crate) store: &'a Store,
}

/// A source, and the target of an open pull request of its repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The branch pattern of the source.
    pub branch_pattern: String,
    /// The target branch that an evaluation has seen; empty before the first one.
    pub base_ref: String,
    /// The target branch that the latest delivery named; empty if none did.
    pub reported_ref: String,
}

impl Acceptances<'_> {
    /// Creates an acceptance. In the same transaction, evaluations are queued of all open pull requests that it
    /// affects: those of the repositories of its sources for which `looks_at` is true. Returns the acceptance, and the
    /// number of pull requests.
    pub async fn create(
        &self,
        new: NewAcceptance,
        looks_at: impl FnMut(&Target) -> bool,
    ) -> Result<(Model, usize), StoreError> {
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
        let mut tx = self.store.begin().await?;
        tx.execute(
            "INSERT INTO acceptance (id, integration_id, source_id, fingerprint, control, resource, path, reason, \
             until_at, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            vec![
                Value::from(&row.id),
                Value::from(&row.integration_id),
                row.source_id.clone().into(),
                row.fingerprint.clone().into(),
                row.control.clone().into(),
                row.resource.clone().into(),
                row.path.clone().into(),
                Value::from(&row.reason),
                row.until_at.into(),
                Value::from(&row.created_by),
                row.created_at.into(),
            ],
        )
        .await?;
        let pulls = self.touch_pulls(&mut tx, &row, looks_at).await?;
        tx.commit().await?;
        Ok((row, pulls))
    }

    /// Marks the open pull requests that an acceptance affects as changed; returns their number.
    async fn touch_pulls(
        &self,
        tx: &mut Tx,
        row: &Model,
        mut looks_at: impl FnMut(&Target) -> bool,
    ) -> Result<usize, StoreError> {
        const SQL: &str = "SELECT pull.repository, pull.number, source.branch_pattern, pull.base_ref, pull.reported_ref \
            FROM pull JOIN source ON source.integration_id = pull.integration_id AND source.repository = pull.repository \
            WHERE pull.integration_id = $1 AND pull.open AND NOT source.paused AND ($2 IS NULL OR source.id = $2) \
            ORDER BY pull.repository, pull.number";
        let values = vec![Value::from(&row.integration_id), row.source_id.clone().into()];
        let mut concerned = Vec::new();
        for found in tx.rows(SQL, values).await? {
            let target = Target {
                branch_pattern: found.text(2)?,
                base_ref: found.text(3)?,
                reported_ref: found.text(4)?,
            };
            if looks_at(&target) {
                concerned.push((found.text(0)?, found.int(1)?));
            }
        }
        // Several sources may match one pull request.
        concerned.dedup();
        let client = &self.store.shared.client;
        for (repository, number) in &concerned {
            tx.touch_pull(client, &row.integration_id, repository, *number, Reported::default()).await?;
        }
        Ok(concerned.len())
    }

    /// Returns the acceptance with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("acceptance", id).await
    }

    /// Lists the acceptances of an integration, one page at a time.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }

    /// Lists the acceptances that are valid for a source at `now`.
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

    /// Deletes an acceptance; evaluations are queued of the open pull requests that it affected, as with
    /// [`Self::create`]. Returns the deleted acceptance, and the number of pull requests.
    pub async fn delete(
        &self,
        id: &str,
        looks_at: impl FnMut(&Target) -> bool,
    ) -> Result<(Model, usize), StoreError> {
        let row = self.get(id).await?;
        let mut tx = self.store.begin().await?;
        if tx.execute("DELETE FROM acceptance WHERE id = $1", vec![id.into()]).await? == 0 {
            return Err(StoreError::not_found("acceptance", id));
        }
        let pulls = self.touch_pulls(&mut tx, &row, looks_at).await?;
        tx.commit().await?;
        Ok((row, pulls))
    }
}
