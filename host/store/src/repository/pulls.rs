//! Pull requests: each change of one causes exactly one evaluation.

use riverqueue::Client;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};

use crate::{
    Page, Store, StoreError,
    entity::pull::{Column, Entity, Model},
    job::Evaluate,
    new_id, now_ms,
    queue::first,
    repository::has_no_job,
    transaction::{Tx, Value},
};

/// The state of a pull request in an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The evaluated commit.
    pub head_sha: String,
    /// The target branch.
    pub base_ref: String,
    /// The title.
    pub title: String,
    /// The author.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
}

/// The state of a pull request in a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported<'a> {
    /// The head; empty if the delivery does not contain it.
    pub head_sha: &'a str,
    /// The target branch; empty if the delivery does not contain it.
    pub base_ref: &'a str,
    /// The time at which the delivery arrived, in Unix milliseconds: deliveries may be handled in another order.
    pub at: i64,
    /// Whether it is evaluated before others of its integration, because the provider's check is out of date.
    pub urgent: bool,
}

/// Pull requests.
#[derive(Clone, Copy, Debug)]
pub struct Pulls<'a> {
    pub(crate) store: &'a Store,
}

impl Pulls<'_> {
    /// Records a change: the pull request waits for an evaluation from now on. A waiting job of it will see the change;
    /// if one is running, or there is none, a new one is inserted. Returns the new sequence number, which the later
    /// evaluation passes to [`Self::settle`].
    pub async fn touch(&self, integration: &str, repository: &str, number: i64) -> Result<i64, StoreError> {
        self.touch_reported(integration, repository, number, Reported::default()).await
    }

    /// Records a change with the state in a delivery.
    pub async fn touch_reported(
        &self,
        integration: &str,
        repository: &str,
        number: i64,
        reported: Reported<'_>,
    ) -> Result<i64, StoreError> {
        let mut tx = self.store.begin().await?;
        let client = &self.store.shared.client;
        let seq = tx.touch_pull(client, integration, repository, number, reported).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// Records the end of an evaluation that covered the changes up to `seq`. Returns whether no newer change is
    /// pending.
    pub async fn settle(&self, id: &str, seq: i64, seen: &Seen) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let row = tx
            .row(
                "UPDATE pull SET head_sha = CASE WHEN done_seq <= $2 THEN $3 ELSE head_sha END, \
                 base_ref = CASE WHEN done_seq <= $2 THEN $4 ELSE base_ref END, \
                 title = CASE WHEN done_seq <= $2 THEN $5 ELSE title END, \
                 author = CASE WHEN done_seq <= $2 THEN $6 ELSE author END, \
                 open = CASE WHEN done_seq <= $2 THEN $7 ELSE open END, \
                 done_seq = CASE WHEN done_seq <= $2 THEN $2 ELSE done_seq END \
                 WHERE id = $1 RETURNING dirty_seq, done_seq",
                vec![
                    id.into(),
                    seq.into(),
                    Value::from(&seen.head_sha),
                    Value::from(&seen.base_ref),
                    Value::from(&seen.title),
                    Value::from(&seen.author),
                    seen.open.into(),
                ],
            )
            .await?
            .ok_or_else(|| StoreError::not_found("pull", id))?;
        let clean = row.int(0)? <= row.int(1)?;
        tx.commit().await?;
        Ok(clean)
    }

    /// Lists the pull requests that wait for an evaluation and have no job.
    pub async fn abandoned(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::DoneSeq).lt(Expr::col(Column::DirtySeq)))
            .filter(has_no_job("pull"))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Deletes closed pull requests that were last seen before `time`; returns their number.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM pull WHERE id IN (SELECT id FROM pull WHERE seen_at < $1 AND NOT open \
            AND done_seq >= dirty_seq LIMIT 200)";
        self.store.delete_some(SQL, vec![time.into()]).await
    }

    /// Returns the pull request with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("pull", id).await
    }

    /// Returns the pull request with this number.
    pub async fn by_number(
        &self,
        integration: &str,
        repository: &str,
        number: i64,
    ) -> Result<Option<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository))
            .filter(Column::Number.eq(number));
        Ok(query.one(self.store.read()).await?)
    }

    /// Lists the open pull requests of a repository.
    pub async fn open(&self, integration: &str, repository: &str) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository))
            .filter(Column::Open.eq(true));
        Ok(query.all(self.store.read()).await?)
    }

    /// Lists the pull requests of an integration, one page at a time.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<Vec<Model>, StoreError> {
        page.fetch(
            self.store.read(),
            Entity::find().filter(Column::IntegrationId.eq(integration)),
            Column::Id,
        )
        .await
    }

    /// Deletes a pull request.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<Entity>("pull", id).await
    }
}

impl Tx {
    /// Records a change of a pull request, and ensures that a job evaluates it once this transaction is committed; see
    /// [`Pulls::touch`]. Returns the new sequence number.
    pub(crate) async fn touch_pull(
        &mut self,
        client: &Client,
        integration: &str,
        repository: &str,
        number: i64,
        reported: Reported<'_>,
    ) -> Result<i64, StoreError> {
        let values = vec![
            new_id().into(),
            integration.into(),
            repository.into(),
            number.into(),
            now_ms().into(),
            true.into(),
            reported.head_sha.into(),
            reported.base_ref.into(),
            reported.at.into(),
        ];
        let row = self
            .row(
                "INSERT INTO pull (id, integration_id, repository, number, head_sha, base_ref, title, author, open, \
                 seen_at, dirty_seq, done_seq, reported_sha, reported_ref, reported_at) \
                 VALUES ($1, $2, $3, $4, '', '', '', '', $6, $5, 1, 0, $7, $8, $9) \
                 ON CONFLICT (integration_id, repository, number) \
                 DO UPDATE SET dirty_seq = pull.dirty_seq + 1, seen_at = excluded.seen_at, \
                 reported_sha = CASE WHEN excluded.reported_sha = '' OR excluded.reported_at < pull.reported_at \
                   THEN pull.reported_sha ELSE excluded.reported_sha END, \
                 reported_ref = CASE WHEN excluded.reported_ref = '' OR excluded.reported_at < pull.reported_at \
                   THEN pull.reported_ref ELSE excluded.reported_ref END, \
                 reported_at = CASE WHEN excluded.reported_sha = '' OR excluded.reported_at < pull.reported_at \
                   THEN pull.reported_at ELSE excluded.reported_at END \
                 RETURNING id, dirty_seq, job_id",
                values,
            )
            .await?
            .ok_or_else(|| StoreError::not_found("pull", repository))?;
        let (id, seq, job) = (row.text(0)?, row.int(1)?, row.maybe_int(2)?);
        if !self.job_waits(job).await? {
            let job =
                Evaluate { integration: integration.to_owned(), repository: repository.to_owned(), number };
            let turn = if reported.urgent { first() } else { self.turn(integration).await? };
            let job = self.job_with(client, job, turn).await?;
            self.execute("UPDATE pull SET job_id = $2 WHERE id = $1", vec![id.into(), job.into()]).await?;
        } else if let Some(job) = job {
            self.ask_again(job).await?;
            if reported.urgent {
                self.hurry(job).await?;
            } else {
                // With the change, an evaluation that failed before may succeed.
                self.retry_now(job).await?;
            }
        }
        Ok(seq)
    }
}
