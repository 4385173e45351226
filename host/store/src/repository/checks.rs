//! Checks: what they should say, and what the provider shows of it.

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
    /// JSON list.
    pub annotations: serde_json::Value,
    /// When it must be completed, Unix milliseconds.
    pub deadline_at: Option<i64>,
    /// Order of the writers: one older than the row's is refused.
    pub fence: i64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Id of the check, which the provider knows as our external id.
    pub id: String,
    /// The sequence number of this content.
    pub seq: i64,
}

/// Checks.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a> {
    pub(crate) store: &'a Store,
}

impl Checks<'_> {
    /// Writes what a check should say and sees to it that a job brings it to the provider. `None`: refused, because
    /// the writer's fence is older than that of the content there is.
    pub async fn desire(&self, check: &NewCheck) -> Result<Option<Desired>, StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx.row(DESIRE, Self::values(check)?).await?;
        let Some(row) = row else { return Ok(None) };
        let (id, seq, job) = (row.text(0)?, row.int(1)?, row.maybe_int(2)?);
        self.see_to_job(&mut tx, &id, job).await?;
        tx.commit().await?;
        Ok(Some(Desired { id, seq }))
    }

    /// Sees to it that a job brings a check to the provider, though its last one was given up.
    pub async fn resume(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx.row("SELECT job_id FROM check_run WHERE id = $1", vec![id.into()]).await?;
        let job = row.ok_or_else(|| StoreError::not_found("check", id))?.maybe_int(0)?;
        self.see_to_job(&mut tx, id, job).await?;
        tx.commit().await
    }

    /// A job for the check, unless its last one waits.
    async fn see_to_job(&self, tx: &mut Tx, id: &str, job: Option<i64>) -> Result<(), StoreError> {
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
            check.annotations.to_string().into(),
            check.deadline_at.into(),
            check.fence.into(),
            now_ms().into(),
        ])
    }

    /// The provider shows the content `seq` and took `accepted` annotations. Answers false, and changes nothing,
    /// if it is known to show newer content.
    pub async fn published(
        &self,
        id: &str,
        seq: i64,
        handle: &str,
        accepted: i64,
    ) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE check_run SET published_seq = $2, handle = $3, accepted = $4 \
                   WHERE id = $1 AND published_seq < $2";
        let changed = tx.execute(sql, vec![id.into(), seq.into(), handle.into(), accepted.into()]).await?;
        tx.commit().await?;
        Ok(changed > 0)
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

    /// The one with that id.
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

const DESIRE: &str = "INSERT INTO check_run (id, integration_id, repository, head_sha, name, pulls, state, \
    conclusion, title, summary, annotations, deadline_at, fence, created_at, updated_at, seq, published_seq, accepted) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, 1, 0, 0) \
    ON CONFLICT (integration_id, repository, head_sha, name) DO UPDATE SET pulls = excluded.pulls, \
    state = excluded.state, conclusion = excluded.conclusion, title = excluded.title, summary = excluded.summary, \
    annotations = excluded.annotations, deadline_at = excluded.deadline_at, fence = excluded.fence, \
    updated_at = excluded.updated_at, seq = check_run.seq + 1 \
    WHERE excluded.fence >= check_run.fence RETURNING id, seq, job_id";
