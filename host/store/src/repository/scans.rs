//! Scans.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::Expr,
};

use crate::{
    Page, ScanKind, ScanState, Store, StoreError, Trigger,
    entity::{
        json::Json,
        kinds::AsText,
        scan::{Column, Counts, Entity, Model},
    },
    new_id, now_ms,
};

const WHAT: &str = "scan";

/// A new scan, in the state `waiting`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewScan {
    /// The id of the source.
    pub source_id: String,
    /// The scope.
    pub kind: ScanKind,
    /// The reason.
    pub trigger: Trigger,
    /// The number of the pull request.
    pub pull_number: Option<i64>,
    /// The commit.
    pub head_sha: String,
    /// The commit it is compared with, or empty.
    pub base_sha: String,
}

/// The result of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanEnd {
    /// `Done`, `Failed` or `Superseded`.
    pub state: ScanState,
    /// The reason of a failure.
    pub error: Option<String>,
    /// The verdict.
    pub verdict: Option<String>,
    /// Counts by name.
    pub counts: Counts,
    /// The report: JSON, compressed with Deflate.
    pub report: Option<Vec<u8>>,
}

/// A scan in a list: without its report, which may be as large as the tree.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListedScan {
    /// The id of the scan.
    pub id: String,
    /// The id of the source.
    pub source_id: String,
    /// The scope.
    pub kind: ScanKind,
    /// The reason of the scan.
    pub trigger: Trigger,
    /// The scheduled slot.
    pub slot: Option<i64>,
    /// The number of the pull request.
    pub pull_number: Option<i64>,
    /// The commit.
    pub head_sha: String,
    /// The commit it is compared with, or empty.
    pub base_sha: String,
    /// The state.
    pub state: ScanState,
    /// The reason of a failure.
    pub error: Option<String>,
    /// The start, in Unix milliseconds.
    pub started_at: Option<i64>,
    /// The end, in Unix milliseconds.
    pub finished_at: Option<i64>,
    /// The verdict.
    pub verdict: Option<String>,
    /// Counts by name.
    pub counts: Json<Counts, Entity>,
    /// The time of creation, in Unix milliseconds.
    pub created_at: i64,
    /// Whether it has a report.
    pub has_report: bool,
}

/// Scans.
#[derive(Clone, Copy, Debug)]
pub struct Scans<'a> {
    pub(crate) store: &'a Store,
}

impl Scans<'_> {
    /// Creates a waiting scan.
    pub async fn create(&self, new: NewScan) -> Result<Model, StoreError> {
        let row = waiting(new, None)?;
        self.store.insert(WHAT, &row.id.clone(), row).await
    }

    /// Creates the scheduled full scan of a slot; `None` if the slot has one already.
    pub async fn begin_slot(&self, source: &str, slot: i64) -> Result<Option<Model>, StoreError> {
        let new = NewScan {
            source_id: source.to_owned(),
            kind: ScanKind::Full,
            trigger: Trigger::Schedule,
            pull_number: None,
            head_sha: String::new(),
            base_sha: String::new(),
        };
        match self.store.insert(WHAT, source, waiting(new, Some(slot))?).await {
            Ok(row) => Ok(Some(row)),
            Err(StoreError::Taken { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns an incomplete full scan of a source: that of a scheduled slot, or with another trigger. A job that was
    /// interrupted continues the scan that it began.
    pub async fn unfinished(
        &self,
        source: &str,
        trigger: Trigger,
        slot: Option<i64>,
    ) -> Result<Option<Model>, StoreError> {
        let of_slot = slot.map_or_else(|| Column::Slot.is_null(), |slot| Column::Slot.eq(slot));
        let query = Entity::find()
            .filter(Column::SourceId.eq(source))
            .filter(Column::Kind.eq(ScanKind::Full))
            .filter(Column::Trigger.eq(trigger))
            .filter(of_slot)
            .filter(Column::State.is_in([ScanState::Waiting, ScanState::Running]));
        Ok(query.one(self.store.read()).await?)
    }

    /// Lists incomplete scans that were created before `time` and will not continue: full ones whose source has no job,
    /// and those of pull requests, which an evaluation creates only at its end.
    pub async fn abandoned(&self, time: i64) -> Result<Vec<Model>, StoreError> {
        let no_job = Expr::cust(
            "NOT EXISTS (SELECT 1 FROM river_job WHERE river_job.kind = 'scan-source' \
             AND river_job.args ->> 'source' = scan.source_id \
             AND river_job.state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))",
        );
        let query = Entity::find()
            .filter(Column::State.is_in([ScanState::Waiting, ScanState::Running]))
            .filter(Column::CreatedAt.lt(time))
            .filter(Condition::any().add(Column::Kind.eq(ScanKind::Pull)).add(no_job))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Marks a scan as running at a commit. Returns `false` if it has ended already.
    pub async fn start(&self, id: &str, head_sha: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE scan SET state = 'running', head_sha = $2, started_at = $3 \
                   WHERE id = $1 AND state IN ('waiting', 'running')";
        let changed = tx.execute(sql, vec![id.into(), head_sha.into(), now_ms().into()]).await?;
        tx.commit().await?;
        Ok(changed > 0)
    }

    /// Stores the result of a scan. Returns `false`, and changes nothing, if it has ended already.
    pub async fn finish(&self, id: &str, end: ScanEnd) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx
            .row(
                "UPDATE scan SET state = $2, error = $3, verdict = $4, counts = $5, finished_at = $6 \
                 WHERE id = $1 AND state IN ('waiting', 'running') RETURNING source_id",
                vec![
                    id.into(),
                    end.state.as_text().into(),
                    end.error.into(),
                    end.verdict.into(),
                    serde_json::to_string(&end.counts)?.into(),
                    now_ms().into(),
                ],
            )
            .await?;
        if row.is_none() {
            return Ok(false);
        }
        if let Some(report) = end.report {
            tx.execute("UPDATE scan SET report = $2 WHERE id = $1", vec![id.into(), report.into()]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Returns the scan with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>(WHAT, id).await
    }

    /// Returns the scan with this id, without its report.
    pub async fn listed(&self, id: &str) -> Result<ListedScan, StoreError> {
        let query = without_report().filter(Column::Id.eq(id));
        let row = query.into_model().one(self.store.read()).await?;
        row.ok_or_else(|| StoreError::not_found(WHAT, id))
    }

    /// Returns the report of a scan (JSON, compressed with Deflate); `None` if it has none.
    pub async fn report(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let query = Entity::find_by_id(id).select_only().column(Column::Report);
        let row: Option<Option<Vec<u8>>> = query.into_tuple().one(self.store.read()).await?;
        row.ok_or_else(|| StoreError::not_found(WHAT, id))
    }

    /// Lists the scans of a source without their reports, one page at a time.
    pub async fn of_source(&self, source: &str, page: &Page) -> Result<Vec<ListedScan>, StoreError> {
        let query = without_report().filter(Column::SourceId.eq(source));
        page.fetch_some(self.store.read(), query, Column::Id).await
    }

    /// Lists all scans without their reports, one page at a time.
    pub async fn list(&self, page: &Page) -> Result<Vec<ListedScan>, StoreError> {
        page.fetch_some(self.store.read(), without_report(), Column::Id).await
    }

    /// Returns the latest full scan of a source that is done.
    pub async fn latest_full(&self, source: &str) -> Result<Option<Model>, StoreError> {
        Ok(latest_full(source).one(self.store.read()).await?)
    }

    /// Returns the id of the latest full scan of a source that is done.
    pub(crate) async fn latest_full_id(&self, source: &str) -> Result<Option<String>, StoreError> {
        let query = latest_full(source).select_only().column(Column::Id);
        Ok(query.into_tuple().one(self.store.read()).await?)
    }

    /// Deletes ended scans that were created before `time`, except the latest full one of each source; returns their
    /// number.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM scan WHERE id IN (SELECT id FROM scan WHERE created_at < $1 \
            AND state NOT IN ('waiting', 'running') AND (kind <> 'full' OR EXISTS (SELECT 1 FROM scan AS later \
              WHERE later.source_id = scan.source_id AND later.kind = 'full' AND later.state = 'done' \
              AND later.created_at > scan.created_at)) LIMIT 50)";
        self.store.delete_some(SQL, vec![time.into()]).await
    }

    /// Deletes a scan with its findings and resources.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<Entity>(WHAT, id).await
    }
}

fn latest_full(source: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::SourceId.eq(source))
        .filter(Column::Kind.eq(ScanKind::Full))
        .filter(Column::State.eq(ScanState::Done))
        .order_by_desc(Column::FinishedAt)
        .order_by_desc(Column::Id)
        .limit(1)
}

/// The columns of a [`ListedScan`].
fn without_report() -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::SourceId,
            Column::Kind,
            Column::Slot,
            Column::PullNumber,
            Column::HeadSha,
            Column::BaseSha,
            Column::State,
            Column::Error,
            Column::StartedAt,
            Column::FinishedAt,
            Column::Verdict,
            Column::Counts,
            Column::CreatedAt,
        ])
        .column_as(Column::Trigger, "trigger")
        .expr_as(Expr::col(Column::Report).is_not_null(), "has_report")
}

fn waiting(new: NewScan, slot: Option<i64>) -> Result<Model, StoreError> {
    Ok(Model {
        id: new_id(),
        source_id: new.source_id,
        kind: new.kind,
        trigger: new.trigger,
        slot,
        pull_number: new.pull_number,
        head_sha: new.head_sha,
        base_sha: new.base_sha,
        state: ScanState::Waiting,
        error: None,
        started_at: None,
        finished_at: None,
        verdict: None,
        counts: Json::new(Counts::new())?,
        report: None,
        created_at: now_ms(),
    })
}
