//! Git sources.

use palisade_domain::ParameterValues;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Page, RepositoryState, Store, StoreError,
    entity::{
        json::Json,
        kinds::AsText,
        source::{Column, Entity, Model, RequiredCheck},
    },
    new_id, now_ms,
    transaction::Value,
};

const WHAT: &str = "source";

/// The settings of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSettings {
    /// Unique in its integration.
    pub name: String,
    /// Full name of the repository.
    pub repository: String,
    /// Folders; `/` is the whole repository.
    pub folders: Vec<String>,
    /// The branch pattern of pull requests.
    pub branch_pattern: String,
    /// The lowest severity that fails a check.
    pub fail_on: String,
    /// Whether files that are not judged fail the check.
    pub strict: bool,
    /// Whether suppressions that a pull request adds apply to it.
    pub allow_new_suppressions: bool,
    /// Hours between scheduled scans.
    pub every_hours: i64,
    /// Whether scans and checks are paused.
    pub paused: bool,
    /// Parameters of controls, by control and by name.
    pub parameters: ParameterValues,
}

/// Git sources.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub(crate) store: &'a Store,
}

impl From<Model> for SourceSettings {
    fn from(row: Model) -> Self {
        Self {
            name: row.name,
            repository: row.repository,
            folders: row.folders.into_value(),
            branch_pattern: row.branch_pattern,
            fail_on: row.fail_on,
            strict: row.strict,
            allow_new_suppressions: row.allow_new_suppressions,
            every_hours: row.every_hours,
            paused: row.paused,
            parameters: row.parameters.into_value(),
        }
    }
}

impl Sources<'_> {
    /// Adds a source to an integration.
    pub async fn create(&self, integration: &str, settings: SourceSettings) -> Result<Model, StoreError> {
        let now = now_ms();
        let row = Model {
            id: new_id(),
            integration_id: integration.to_owned(),
            name: settings.name,
            repository: settings.repository,
            folders: Json::new(settings.folders)?,
            branch_pattern: settings.branch_pattern,
            fail_on: settings.fail_on,
            strict: settings.strict,
            allow_new_suppressions: settings.allow_new_suppressions,
            every_hours: settings.every_hours,
            paused: settings.paused,
            repository_state: RepositoryState::Present,
            required_check: Json::new(RequiredCheck::UNKNOWN)?,
            last_scanned_at: None,
            created_at: now,
            updated_at: now,
            repository_id: String::new(),
            parameters: Json::new(settings.parameters)?,
        };
        let name = row.name.clone();
        self.store.insert(WHAT, &name, row).await
    }

    /// Returns the source with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>(WHAT, id).await
    }

    /// Lists the sources, one page at a time.
    pub async fn list(&self, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(self.store.read(), Entity::find(), Column::Id).await
    }

    /// Lists the sources of an integration, one page at a time.
    pub async fn of_integration(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }

    /// Lists the sources of a repository.
    pub async fn of_repository(&self, integration: &str, repository: &str) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository));
        Ok(query.all(self.store.read()).await?)
    }

    /// Replaces the settings.
    pub async fn update(&self, id: &str, settings: SourceSettings) -> Result<(), StoreError> {
        let mut before = self.get(id).await?;
        if before.repository != settings.repository {
            before.repository_id.clear();
        }
        let row = Model {
            name: settings.name,
            repository: settings.repository,
            folders: Json::new(settings.folders)?,
            branch_pattern: settings.branch_pattern,
            fail_on: settings.fail_on,
            strict: settings.strict,
            allow_new_suppressions: settings.allow_new_suppressions,
            every_hours: settings.every_hours,
            paused: settings.paused,
            parameters: Json::new(settings.parameters)?,
            updated_at: now_ms(),
            ..before
        };
        let name = row.name.clone();
        self.store.update(WHAT, id, &name, row).await
    }

    /// Sets whether its repository is accessible.
    pub async fn set_repository_state(&self, id: &str, state: RepositoryState) -> Result<(), StoreError> {
        let sql = "UPDATE source SET repository_state = $2 WHERE id = $1";
        self.change(id, sql, vec![id.into(), state.as_text().into()]).await
    }

    /// Sets whether the branch requires our check.
    pub async fn set_required_check(&self, id: &str, required: &RequiredCheck) -> Result<(), StoreError> {
        let sql = "UPDATE source SET required_check = $2 WHERE id = $1";
        self.change(id, sql, vec![id.into(), serde_json::to_string(required)?.into()]).await
    }

    /// Records that a scan of it ended at `at`.
    pub async fn scanned(&self, id: &str, at: i64) -> Result<(), StoreError> {
        self.change(id, "UPDATE source SET last_scanned_at = $2 WHERE id = $1", vec![id.into(), at.into()])
            .await
    }

    /// Sets the provider's id of its repository.
    pub async fn set_repository_id(&self, id: &str, repository: &str) -> Result<(), StoreError> {
        let sql = "UPDATE source SET repository_id = $2 WHERE id = $1";
        self.change(id, sql, vec![id.into(), repository.into()]).await
    }

    /// Renames a repository in sources, pull requests, checks and webhooks. If a row with the new name exists already, it
    /// is kept and the old one is deleted.
    pub async fn rename_repository(&self, integration: &str, old: &str, new: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        for sql in [
            "UPDATE source SET repository = $3 WHERE integration_id = $1 AND repository = $2",
            "UPDATE pull SET repository = $3 WHERE integration_id = $1 AND repository = $2 AND NOT EXISTS \
             (SELECT 1 FROM pull AS other WHERE other.integration_id = $1 AND other.repository = $3 \
              AND other.number = pull.number)",
            "UPDATE check_run SET repository = $3 WHERE integration_id = $1 AND repository = $2 AND NOT EXISTS \
             (SELECT 1 FROM check_run AS other WHERE other.integration_id = $1 AND other.repository = $3 \
              AND other.head_sha = check_run.head_sha AND other.name = check_run.name)",
            "UPDATE hook SET repository = $3 WHERE integration_id = $1 AND repository = $2 AND NOT EXISTS \
             (SELECT 1 FROM hook AS other WHERE other.integration_id = $1 AND other.repository = $3)",
        ] {
            tx.execute(sql, vec![integration.into(), old.into(), new.into()]).await?;
        }
        for sql in [
            "DELETE FROM pull WHERE integration_id = $1 AND repository = $2",
            "DELETE FROM check_run WHERE integration_id = $1 AND repository = $2",
            "DELETE FROM hook WHERE integration_id = $1 AND repository = $2",
        ] {
            tx.execute(sql, vec![integration.into(), old.into()]).await?;
        }
        tx.commit().await
    }

    /// Deletes a source with its scans and inventory.
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
