//! The resources of the latest full scan of a source, and the findings of scans.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TransactionTrait};

use crate::{
    Page, Store, StoreError, cut,
    entity::{resource, result},
    new_id,
};

/// Rows of one statement: the databases bound how many values one may carry.
const TOGETHER: usize = 500;

/// A new resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResource {
    /// The format it was read from.
    pub origin: String,
    /// Its address.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: i64,
    /// Controls that passed.
    pub passed: i64,
    /// Controls that failed.
    pub failed: i64,
    /// Controls that could not tell.
    pub unknown: i64,
}

/// A new finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// What stays the same when lines move.
    pub fingerprint: String,
    /// The control.
    pub control: String,
    /// Its severity.
    pub severity: String,
    /// Address of the resource.
    pub resource: String,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: i64,
    /// What is wrong.
    pub message: String,
    /// The outcome.
    pub outcome: String,
    /// Not there in the base of the pull request.
    pub new: bool,
}

/// Resources and findings.
#[derive(Clone, Copy, Debug)]
pub struct Inventory<'a> {
    pub(crate) store: &'a Store,
}

impl Inventory<'_> {
    /// Replaces the resources of a source by those of a scan, all or none.
    pub async fn replace_resources(
        &self,
        source: &str,
        scan: &str,
        resources: Vec<NewResource>,
    ) -> Result<(), StoreError> {
        let rows: Vec<_> = resources
            .into_iter()
            .map(|new| resource::Model {
                id: new_id(),
                source_id: source.to_owned(),
                scan_id: scan.to_owned(),
                origin: new.origin,
                address: new.address,
                kind: new.kind,
                path: new.path,
                line: new.line,
                passed: new.passed,
                failed: new.failed,
                unknown: new.unknown,
            })
            .map(|row| row.into_active_model().reset_all())
            .collect();
        let tx = self.store.write().begin().await?;
        resource::Entity::delete_many().filter(resource::Column::SourceId.eq(source)).exec(&tx).await?;
        for rows in rows.chunks(TOGETHER) {
            resource::Entity::insert_many(rows.to_vec()).exec_without_returning(&tx).await?;
        }
        cut::before()?;
        tx.commit().await?;
        cut::after()
    }

    /// Replaces the findings of a scan, all or none.
    pub async fn replace_results(&self, scan: &str, results: Vec<NewResult>) -> Result<(), StoreError> {
        let rows: Vec<_> = results
            .into_iter()
            .map(|new| result::Model {
                id: new_id(),
                scan_id: scan.to_owned(),
                fingerprint: new.fingerprint,
                control: new.control,
                severity: new.severity,
                resource: new.resource,
                path: new.path,
                line: new.line,
                message: new.message,
                outcome: new.outcome,
                new: new.new,
            })
            .map(|row| row.into_active_model().reset_all())
            .collect();
        let tx = self.store.write().begin().await?;
        result::Entity::delete_many().filter(result::Column::ScanId.eq(scan)).exec(&tx).await?;
        for rows in rows.chunks(TOGETHER) {
            result::Entity::insert_many(rows.to_vec()).exec_without_returning(&tx).await?;
        }
        cut::before()?;
        tx.commit().await?;
        cut::after()
    }

    /// A page of the resources of a source.
    pub async fn resources(&self, source: &str, page: &Page) -> Result<Vec<resource::Model>, StoreError> {
        let query = resource::Entity::find().filter(resource::Column::SourceId.eq(source));
        page.fetch(self.store.read(), query, resource::Column::Id).await
    }

    /// A page of the findings of a scan.
    pub async fn results(&self, scan: &str, page: &Page) -> Result<Vec<result::Model>, StoreError> {
        let query = result::Entity::find().filter(result::Column::ScanId.eq(scan));
        page.fetch(self.store.read(), query, result::Column::Id).await
    }
}
