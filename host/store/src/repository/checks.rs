//! Checks: what they should say, and what the provider shows of it.

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

/// What a check should say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheck {
    /// The integration.
    pub integration_id: String,
    /// Full name of the repository.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// The check's name.
    pub name: String,
    /// Numbers of the pull requests with that head.
    pub pulls: Vec<i64>,
    /// How far it is.
    pub state: CheckState,
    /// What it says, once completed.
    pub conclusion: Option<Conclusion>,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks on lines.
    pub annotations: Vec<Annotation>,
    /// When it must be completed, Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// Whose evaluation says so, which no other one has; 0 for who evaluates nothing.
    pub fence: i64,
}

/// For how long who evaluates or publishes counts as being at work, unless it says so again; in milliseconds. As long
/// as the silence after which a host counts as dead.
const LEASE: i64 = 4_000;

/// Who may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writer {
    /// An evaluation that takes the commit, where no other one has it.
    Begins,
    /// The evaluation that has the commit; it lets go of it.
    Ends,
    /// Anybody, while no evaluation has the commit.
    Idle,
    /// Anybody; the evaluation that has the commit loses it.
    Anyway,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Id of the check, which the provider knows as our external id.
    pub id: String,
    /// The sequence number of this content.
    pub seq: i64,
}

/// Writes a row, whose content changes where `$17` is true; an older row only under a condition. `$15` is until when an
/// evaluation has it, `$16` the moment.
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
    /// An evaluation takes a commit, for [`Self::keep`] to keep: one at a time judges it, whatever its pull requests and
    /// on whichever host. `says` writes the content too; a row that is new has it anyway. `None`: another evaluation
    /// has the commit.
    pub async fn begin(&self, check: &NewCheck, says: bool) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Begins, says).await
    }

    /// The evaluation that has a commit is still at work. False: it has lost it.
    pub async fn keep(&self, id: &str, fence: i64) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let until = tx.now().await? + LEASE;
        let sql = "UPDATE check_run SET held_until = $3 WHERE id = $1 AND fence = $2 AND held_until > 0";
        let kept = tx.execute(sql, vec![id.into(), fence.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(kept > 0)
    }

    /// The evaluation that has a commit lets go of it and says nothing.
    pub async fn release(&self, id: &str, fence: i64) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET held_until = 0 WHERE id = $1 AND fence = $2";
        tx.execute(sql, vec![id.into(), fence.into()]).await?;
        tx.commit().await
    }

    /// The evaluation that has a commit says how it ended, and lets go. `None`: it has lost the commit, and is to be
    /// done again.
    pub async fn conclude(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Ends, true).await
    }

    /// Writes what a check should say while no evaluation has its commit. `None`: one has.
    pub async fn note(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Idle, true).await
    }

    /// Writes what a check should say. An evaluation that has its commit loses it: what it judges is out of date.
    pub async fn overrule(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        self.write(check, Writer::Anyway, true).await
    }

    /// Writes, where it may, and sees to it that a job brings the new content to the provider.
    async fn write(
        &self,
        check: &NewCheck,
        writer: Writer,
        says: bool,
    ) -> Result<Option<Desired>, StoreError> {
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let held_until = if writer == Writer::Begins { now + LEASE } else { 0 };
        let mut values = Self::values(check)?;
        values.extend([held_until.into(), now.into(), says.into()]);
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

    /// Sees to it that a job brings a check to the provider, though its last one was given up.
    pub async fn resume(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx.row("SELECT job_id FROM check_run WHERE id = $1", vec![id.into()]).await?;
        let job = row.ok_or_else(|| StoreError::not_found("check", id))?.maybe_int(0)?;
        self.ensure_job(&mut tx, id, job).await?;
        tx.commit().await
    }

    /// A job for the check, unless its last one waits.
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

    /// A host takes the publishing of a check, for [`Self::keep_publishing`] to keep. False: another host has it.
    pub async fn start_publishing(&self, id: &str, host: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let now = tx.now().await?;
        let sql = "UPDATE check_run SET publisher = $2, publishing_until = $3 \
                   WHERE id = $1 AND (publishing_until < $4 OR publisher = $2)";
        let taken = tx.execute(sql, vec![id.into(), host.into(), (now + LEASE).into(), now.into()]).await?;
        tx.commit().await?;
        Ok(taken > 0)
    }

    /// The host is still publishing. False: another one is.
    pub async fn keep_publishing(&self, id: &str, host: &str) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let until = tx.now().await? + LEASE;
        let sql = "UPDATE check_run SET publishing_until = $3 WHERE id = $1 AND publisher = $2";
        let kept = tx.execute(sql, vec![id.into(), host.into(), until.into()]).await?;
        tx.commit().await?;
        Ok(kept > 0)
    }

    /// The host lets go of it without having published.
    pub async fn stop_publishing(&self, id: &str, host: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET publishing_until = 0 WHERE id = $1 AND publisher = $2";
        tx.execute(sql, vec![id.into(), host.into()]).await?;
        tx.commit().await
    }

    /// The provider shows the content `seq`, from this host, and took `accepted` annotations. False: another host has
    /// taken the publishing meanwhile, so that this content may stand over a newer one: the newest is published again.
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

    /// Those of a repository that wait or run, or of which the provider does not show yet how they ended.
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

    /// Those that should be completed by `now` and are not.
    pub async fn overdue(&self, now: i64) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::State.is_in([CheckState::Queued, CheckState::Running]))
            .filter(Column::DeadlineAt.lte(now))
            .order_by_asc(Column::DeadlineAt);
        Ok(query.all(self.store.read()).await?)
    }

    /// Those of which the provider does not show the newest content, as far as we know.
    pub async fn unpublished(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::PublishedSeq).lt(Expr::col(Column::Seq)))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Those whose newest content no job brings to the provider.
    pub async fn abandoned(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::PublishedSeq).lt(Expr::col(Column::Seq)))
            .filter(has_no_job("check_run"))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Deletes those that were written before `time` and are over, but for those of open pull requests; answers how many.
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

    /// All of a commit.
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

    /// A page of those of an integration.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }
}
