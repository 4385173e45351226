//! The resources of the latest full scan of a source, and the findings of scans.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TransactionTrait};

use crate::{
    Page, Store, StoreError, cut,
    entity::{json::Json, resource, result},
    new_id,
};

/// The number of rows in one statement, and in one transaction: the databases limit the number of values, and other
/// writers must not wait long.
const TOGETHER: u16 = 500;

/// A new resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResource {
    /// The format of its file.
    pub origin: String,
    /// Its address.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// The file of the resource.
    pub path: String,
    /// The line, from 1.
    pub line: i64,
    /// The number of controls that passed.
    pub passed: i64,
    /// The number of controls that failed.
    pub failed: i64,
    /// The number of controls with an unknown outcome.
    pub unknown: i64,
}

/// A new finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// The identity of the finding, independent of lines.
    pub fingerprint: String,
    /// The control.
    pub control: String,
    /// Its severity.
    pub severity: String,
    /// The address of the resource.
    pub resource: String,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: i64,
    /// The message.
    pub message: String,
    /// The outcome.
    pub outcome: String,
    /// Whether the base of the pull request does not have it.
    pub new: bool,
    /// The fix that a program can apply.
    pub fix: Option<serde_json::Value>,
}

/// Resources and findings.
#[derive(Clone, Copy, Debug)]
pub struct Inventory<'a> {
    pub(crate) store: &'a Store,
}

impl Inventory<'_> {
    /// Writes the resources of a scan of a source, and replaces those of an earlier attempt. They are visible when the
    /// scan is done; those of earlier scans are deleted by [`Self::forget_replaced`] after that.
    ///
    /// Transactions are short, so that others can write in between: SQLite has one writer, and deliveries that wait too
    /// long for it are lost.
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

    /// Deletes the resources of a source, except those of its latest full scan and of a running one.
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

    /// Writes the findings of a scan, and replaces those of an earlier attempt, in short transactions.
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

    /// Inserts rows, a limited number in each transaction.
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

    /// Lists the resources of a source in its latest full scan, one page at a time.
    pub async fn resources(&self, source: &str, page: &Page) -> Result<Vec<resource::Model>, StoreError> {
        let Some(newest) = self.store.scans().latest_full_id(source).await? else { return Ok(Vec::new()) };
        let query = resource::Entity::find()
            .filter(resource::Column::SourceId.eq(source))
            .filter(resource::Column::ScanId.eq(newest));
        page.fetch(self.store.read(), query, resource::Column::Id).await
    }

    /// Lists the findings of a scan, one page at a time.
    pub async fn results(&self, scan: &str, page: &Page) -> Result<Vec<result::Model>, StoreError> {
        let query = result::Entity::find().filter(result::Column::ScanId.eq(scan));
        page.fetch(self.store.read(), query, result::Column::Id).await
    }
}
