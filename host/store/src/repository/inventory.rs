//! The resources of the latest full scan of a source, and the findings of scans.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TransactionTrait};

use crate::{
    Page, Store, StoreError, cut,
    entity::{json::Json, resource, result},
    new_id,
};

/// Rows of one statement, and of one transaction: the databases bound how many values one may carry, and nobody who
/// writes should wait long.
const TOGETHER: u16 = 500;

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
    /// What a program can change to fix it.
    pub fix: Option<serde_json::Value>,
}

/// Resources and findings.
#[derive(Clone, Copy, Debug)]
pub struct Inventory<'a> {
    pub(crate) store: &'a Store,
}

impl Inventory<'_> {
    /// Writes the resources of a scan of a source, in place of those that an earlier try of it has written. They are
    /// shown once the scan is done, and those of the scans before are deleted by [`Self::forget_replaced`] after that.
    ///
    /// Transactions are short, so that others write in between: on SQLite there is one writer, and deliveries that wait
    /// for it too long are lost.
    pub async fn replace_resources(
        &self,
        source: &str,
        scan: &str,
        resources: Vec<NewResource>,
    ) -> Result<(), StoreError> {
        const OLD: &str = "DELETE FROM resource WHERE id IN \
            (SELECT id FROM resource WHERE source_id = $1 AND scan_id = $2 LIMIT $3)";
        self.store.delete_some(OLD, vec![source.into(), scan.into(), i64::from(TOGETHER).into()]).await?;
        let row = |new: NewResource| resource::Model {
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
        };
        self.insert_some(resources.into_iter().map(row)).await
    }

    /// Deletes the resources of a source that are not of its newest full scan, nor of one that still runs.
    pub async fn forget_replaced(&self, source: &str) -> Result<(), StoreError> {
        let Some(newest) = self.store.scans().latest_full_id(source).await? else { return Ok(()) };
        self.store
            .delete_some(
                "DELETE FROM resource WHERE id IN \
             (SELECT id FROM resource WHERE source_id = $1 AND scan_id <> $2 AND scan_id IN \
               (SELECT id FROM scan WHERE source_id = $1 AND state NOT IN ('waiting', 'running')) LIMIT $3)",
                vec![source.into(), newest.into(), i64::from(TOGETHER).into()],
            )
            .await
            .map(drop)
    }

    /// Writes the findings of a scan, in place of those that an earlier try of it has written, in short transactions.
    pub async fn replace_results(&self, scan: &str, results: Vec<NewResult>) -> Result<(), StoreError> {
        self.store
            .delete_some(
                "DELETE FROM result WHERE id IN (SELECT id FROM result WHERE scan_id = $1 LIMIT $2)",
                vec![scan.into(), i64::from(TOGETHER).into()],
            )
            .await?;
        let row = |new: NewResult| {
            Ok(result::Model {
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
                fix: new.fix.map(Json::new).transpose()?,
            })
        };
        let rows: Vec<result::Model> = results.into_iter().map(row).collect::<Result<_, StoreError>>()?;
        self.insert_some(rows.into_iter()).await
    }

    /// Inserts rows, some in each transaction.
    async fn insert_some<M, A>(&self, mut rows: impl Iterator<Item = M>) -> Result<(), StoreError>
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait,
    {
        loop {
            let some: Vec<A> = rows
                .by_ref()
                .take(usize::from(TOGETHER))
                .map(|row| row.into_active_model().reset_all())
                .collect();
            if some.is_empty() {
                return Ok(());
            }
            let tx = self.store.write().begin().await?;
            A::Entity::insert_many(some).exec_without_returning(&tx).await?;
            cut::before()?;
            tx.commit().await?;
            cut::after()?;
        }
    }

    /// A page of the resources of a source, as its newest full scan has found them.
    pub async fn resources(&self, source: &str, page: &Page) -> Result<Vec<resource::Model>, StoreError> {
        let Some(newest) = self.store.scans().latest_full_id(source).await? else { return Ok(Vec::new()) };
        let query = resource::Entity::find()
            .filter(resource::Column::SourceId.eq(source))
            .filter(resource::Column::ScanId.eq(newest));
        page.fetch(self.store.read(), query, resource::Column::Id).await
    }

    /// A page of the findings of a scan.
    pub async fn results(&self, scan: &str, page: &Page) -> Result<Vec<result::Model>, StoreError> {
        let query = result::Entity::find().filter(result::Column::ScanId.eq(scan));
        page.fetch(self.store.read(), query, result::Column::Id).await
    }
}
