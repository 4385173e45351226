//! Checks: their desired content, and what the provider shows.

use palisade_domain::Annotation;
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};

use crate::{
    CheckState, Conclusion, Page, Store, StoreError,
    entity::{
        check_run::{Column, Entity, Model},
        kinds::AsText,
    },
    job::Publish,
    new_id, now_ms,
    repository::has_no_job,
    transaction::{Tx, Value},
};

/// The desired content of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheck {
    /// The id of the integration.
    pub integration_id: String,
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// The name of the check.
    pub name: String,
    /// Numbers of the pull requests with this head.
    pub pulls: Vec<i64>,
    /// The state.
    pub state: CheckState,
    /// The result, if completed.
    pub conclusion: Option<Conclusion>,
    /// A one-line title.
    pub title: String,
    /// The body, in Markdown.
    pub summary: String,
    /// Annotations of lines.
    pub annotations: Vec<Annotation>,
    /// The deadline, in Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// The unique fence of the evaluation that writes; 0 for other writers.
    pub fence: i64,
}

/// The time until which an evaluation or a publisher counts as running without a new heartbeat, in milliseconds. It is
/// the same as the time after which a host counts as crashed.
const LEASE: i64 = 4_000;

/// The writers of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    /// An evaluation that takes the commit, if no other one holds it.
    Begins,
    /// The evaluation that holds the commit, and releases it.
    Ends,
    /// Any writer, while no evaluation holds the commit.
    Idle,
    /// Any writer; an evaluation that holds the commit loses it.
    Anyway,
}

/// The written content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// The id of the check, which is our external id at the provider.
    pub id: String,
    /// The sequence number of this content.
    pub seq: i64,
}

/// Writes a row. An existing row is updated only under the condition, and its content only if `$17` is true. `$15` is
/// the time until which an evaluation holds the commit, `$16` the current time.
macro_rules! upsert {
    ($condition:literal) => {
        concat!(
            "INSERT INTO check_run (id, integration_id, repository, head_sha, name, pulls, state, conclusion, title, \
             summary, annotations, deadline_at, fence, created_at, updated_at, held_until, seq, published_seq, accepted) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, 1, 0, 0) \
             ON CONFLICT (integration_id, repository, head_sha, name) DO UPDATE SET \
             pulls = CASE WHEN $17 THEN excluded.pulls ELSE check_run.pulls END, \
             state = CASE WHEN $17 THEN excluded.state ELSE check_run.state END, \
             conclusion = CASE WHEN $17 THEN excluded.conclusion ELSE check_run.conclusion END, \
             title = CASE WHEN $17 THEN excluded.title ELSE check_run.title END, \
             summary = CASE WHEN $17 THEN excluded.summary ELSE check_run.summary END, \
             annotations = CASE WHEN $17 THEN excluded.annotations ELSE check_run.annotations END, \
             deadline_at = CASE WHEN $17 THEN excluded.deadline_at ELSE check_run.deadline_at END, \
             updated_at = CASE WHEN $17 THEN excluded.updated_at ELSE check_run.updated_at END, \
             seq = CASE WHEN $17 THEN check_run.seq + 1 ELSE check_run.seq END, \
             fence = excluded.fence, held_until = excluded.held_until WHERE ",
            $condition,
            " RETURNING id, seq, job_id, published_seq"
        )
    };
}

/// Checks.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a> {
    pub(crate) store: &'a Store,
}

impl Checks<'_> {
    /// Takes the commit for an evaluation, which extends this with [`Self::keep`]: one evaluation at a time judges a
    /// commit, for all its pull requests and on all hosts. The last argument is whether to write the content too; a new
    /// row always gets it. `None` means that another evaluation holds the commit.
    pub async fn begin(&self, check: &NewCheck, publishes: bool) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Begins, publishes).await
    }

    /// Extends the hold of the evaluation on its commit. `false` means that it has lost the commit.
    pub async fn keep(&self, id: &str, fence: i64) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let until = tx.now().await? + LEASE;
        let sql = "UPDATE check_run SET held_until = $3 WHERE id = $1 AND fence = $2 AND held_until > 0";
        let kept = tx.execute(sql, vec![id.into(), fence.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(kept > 0)
    }

    /// Releases the commit of an evaluation without writing content.
    pub async fn release(&self, id: &str, fence: i64) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET held_until = 0 WHERE id = $1 AND fence = $2";
        tx.execute(sql, vec![id.into(), fence.into()]).await?;
        tx.commit().await
    }

    /// Writes the result of the evaluation that holds the commit, and releases the commit. `None` means that the
    /// evaluation has lost the commit and must be repeated.
    pub async fn conclude(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Ends, true).await
    }

    /// Writes the content while no evaluation holds the commit. `None` means that one does.
    pub async fn note(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Idle, true).await
    }

    /// Writes the content. An evaluation that holds the commit loses it: what it judges is out of date.
    pub async fn overrule(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Anyway, true).await
    }

    /// Writes the content if the writer may, and ensures that a job sends it to the provider.
    async fn write(
        &self,
        check: &NewCheck,
        writer: Writer,
        publishes: bool,
    ) -> Result<Option<Desired>, StoreError> {
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let held_until = if writer == Writer::Begins { now + LEASE } else { 0 };
        let mut values = Self::values(check)?;
        values.extend([held_until.into(), now.into(), publishes.into()]);
        let sql = match writer {
            Writer::Begins => upsert!("(check_run.held_until < $16 OR check_run.fence = excluded.fence)"),
            Writer::Ends => {
                upsert!("check_run.fence = excluded.fence AND check_run.held_until > 0 AND $16 > 0")
            }
            Writer::Idle => upsert!("check_run.held_until < $16"),
            Writer::Anyway => upsert!("$16 > 0"),
        };
        let Some(row) = tx.row(sql, values).await? else { return Ok(None) };
        let (id, seq, job, published) = (row.text(0)?, row.int(1)?, row.maybe_int(2)?, row.int(3)?);
        if published < seq {
            self.ensure_job(&mut tx, &id, job).await?;
        }
        tx.commit().await?;
        Ok(Some(Desired { id, seq }))
    }

    /// Ensures that a job sends a check to the provider, although the last one was discarded.
    pub async fn resume(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx.row("SELECT job_id FROM check_run WHERE id = $1", vec![id.into()]).await?;
        let job = row.ok_or_else(|| StoreError::not_found("check", id))?.maybe_int(0)?;
        self.ensure_job(&mut tx, id, job).await?;
        tx.commit().await
    }

    /// Inserts a job for the check, unless its last one is waiting.
    async fn ensure_job(&self, tx: &mut Tx, id: &str, job: Option<i64>) -> Result<(), StoreError> {
        if !tx.job_waits(job).await? {
            let job = tx.job(&self.store.shared.client, Publish { check: id.to_owned() }).await?;
            tx.execute("UPDATE check_run SET job_id = $2 WHERE id = $1", vec![id.into(), job.into()]).await?;
        }
        Ok(())
    }

    fn values(check: &NewCheck) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            new_id().into(),
            Value::from(&check.integration_id),
            Value::from(&check.repository),
            Value::from(&check.head_sha),
            Value::from(&check.name),
            serde_json::to_string(&check.pulls)?.into(),
            check.state.as_text().into(),
            check.conclusion.map(|it| it.as_text()).into(),
            Value::from(&check.title),
            Value::from(&check.summary),
            serde_json::to_string(&check.annotations)?.into(),
            check.deadline_at.into(),
            check.fence.into(),
            now_ms().into(),
        ])
    }

    /// Takes the publishing of a check for a host, which extends this with [`Self::keep_publishing`]. `false` means
    /// that another host has it.
    pub async fn start_publishing(&self, id: &str, host: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let sql = "UPDATE check_run SET publisher = $2, publishing_until = $3 \
                   WHERE id = $1 AND (publishing_until < $4 OR publisher = $2)";
        let taken = tx.execute(sql, vec![id.into(), host.into(), (now + LEASE).into(), now.into()]).await?;
        tx.commit().await?;
        Ok(taken > 0)
    }

    /// Extends the publishing of a host. `false` means that another host has taken over.
    pub async fn keep_publishing(&self, id: &str, host: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let until = tx.now().await? + LEASE;
        let sql = "UPDATE check_run SET publishing_until = $3 WHERE id = $1 AND publisher = $2";
        let kept = tx.execute(sql, vec![id.into(), host.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(kept > 0)
    }

    /// Releases the publishing without a result.
    pub async fn stop_publishing(&self, id: &str, host: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET publishing_until = 0 WHERE id = $1 AND publisher = $2";
        tx.execute(sql, vec![id.into(), host.into()]).await?;
        tx.commit().await
    }

    /// Records that the provider shows the content `seq` from this host, and accepted `accepted` annotations. `false`
    /// means that another host had taken over, so that this content may have replaced newer content: the latest is
    /// published again.
    pub async fn published(
        &self,
        id: &str,
        host: &str,
        seq: i64,
        handle: &str,
        accepted: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET published_seq = $3, handle = $4, accepted = $5, publishing_until = 0 \
                   WHERE id = $1 AND publisher = $2 AND published_seq < $3";
        let values = vec![id.into(), host.into(), seq.into(), handle.into(), accepted.into()];
        let changed = tx.execute(sql, values).await? > 0;
        if !changed {
            let sql = "UPDATE check_run SET published_seq = CASE WHEN published_seq < seq THEN published_seq \
                       ELSE seq - 1 END WHERE id = $1 RETURNING job_id";
            if let Some(row) = tx.row(sql, vec![id.into()]).await? {
                let job = row.maybe_int(0)?;
                self.ensure_job(&mut tx, id, job).await?;
            }
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Records what others changed in a check at the provider, and ensures that it is published again.
    pub async fn overwritten(&self, id: &str, changes: &[String]) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET overwritten = $2, overwritten_at = $3, \
                   published_seq = CASE WHEN published_seq < seq THEN published_seq ELSE seq - 1 END \
                   WHERE id = $1 RETURNING job_id";
        let values = vec![id.into(), serde_json::to_string(changes)?.into(), now_ms().into()];
        let row = tx.row(sql, values).await?.ok_or_else(|| StoreError::not_found("check", id))?;
        let job = row.maybe_int(0)?;
        self.ensure_job(&mut tx, id, job).await?;
        tx.commit().await
    }

    /// Lists the checks of a repository that are queued or running, or whose latest content the provider does not show.
    pub async fn running(&self, integration: &str, repository: &str) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository))
            .filter(
                Condition::any()
                    .add(Column::State.is_in([CheckState::Queued, CheckState::Running]))
                    .add(Expr::col(Column::PublishedSeq).lt(Expr::col(Column::Seq))),
            );
        Ok(query.all(self.store.read()).await?)
    }

    /// Lists the incomplete checks whose deadline is before `now`.
    pub async fn overdue(&self, now: i64) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::State.is_in([CheckState::Queued, CheckState::Running]))
            .filter(Column::DeadlineAt.lte(now))
            .order_by_asc(Column::DeadlineAt);
        Ok(query.all(self.store.read()).await?)
    }

    /// Lists the checks whose latest content the provider does not show, as far as known.
    pub async fn unpublished(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::PublishedSeq).lt(Expr::col(Column::Seq)))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Lists the checks whose latest content has no job that publishes it.
    pub async fn abandoned(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::PublishedSeq).lt(Expr::col(Column::Seq)))
            .filter(has_no_job("check_run"))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Deletes ended checks that were written before `time`, except those of open pull requests; returns their number.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM check_run WHERE id IN (SELECT id FROM check_run WHERE updated_at < $1 \
            AND state IN ('completed', 'superseded') AND published_seq >= seq AND NOT EXISTS (SELECT 1 FROM pull \
              WHERE pull.integration_id = check_run.integration_id AND pull.repository = check_run.repository \
              AND pull.open AND pull.head_sha = check_run.head_sha) LIMIT 200)";
        self.store.delete_some(SQL, vec![time.into()]).await
    }

    /// Returns the check with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("check", id).await
    }

    /// Lists the checks of a commit.
    pub async fn of_commit(
        &self,
        integration: &str,
        repository: &str,
        sha: &str,
    ) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository))
            .filter(Column::HeadSha.eq(sha));
        Ok(query.all(self.store.read()).await?)
    }

    /// Lists the checks of an integration, one page at a time.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }
}
