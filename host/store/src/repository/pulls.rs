//! Pull requests, and that each change of one causes one evaluation and no more.

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

/// What an evaluation saw of a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The commit it was evaluated at.
    pub head_sha: String,
    /// The branch it goes to.
    pub base_ref: String,
    /// Its title.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
}

/// What a delivery said of a pull request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported<'a> {
    /// Its head; empty where it does not say.
    pub head_sha: &'a str,
    /// Its target; empty where it does not say.
    pub base_ref: &'a str,
    /// When the delivery came in, Unix milliseconds: deliveries may be handled in another order.
    pub at: i64,
    /// Whether it is evaluated before others of its integration: what stands at the provider counts no more.
    pub urgent: bool,
}

/// Pull requests.
#[derive(Clone, Copy, Debug)]
pub struct Pulls<'a> {
    pub(crate) store: &'a Store,
}

impl Pulls<'_> {
    /// Something changed: the pull request waits for an evaluation from now on. If a job of it waits already, that
    /// one will see the change; if one runs, or none is there, a new one is inserted. Answers the new sequence
    /// number, which the evaluation that begins later gives to [`Self::settle`].
    pub async fn touch(&self, integration: &str, repository: &str, number: i64) -> Result<i64, StoreError> {
        self.touch_reported(integration, repository, number, Reported::default()).await
    }

    /// The same, with what a delivery said.
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

    /// An evaluation that read `seq` as the newest touch is over. Answers whether nothing newer waits.
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

    /// Those that wait for an evaluation which no job will do.
    pub async fn abandoned(&self) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Expr::col(Column::DoneSeq).lt(Expr::col(Column::DirtySeq)))
            .filter(has_no_job("pull"))
            .order_by_asc(Column::Id);
        Ok(query.all(self.store.read()).await?)
    }

    /// Deletes those that were closed and seen last before `time`; answers how many.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        const SQL: &str = "DELETE FROM pull WHERE id IN (SELECT id FROM pull WHERE seen_at < $1 AND NOT open \
            AND done_seq >= dirty_seq LIMIT 200)";
        self.store.delete_some(SQL, vec![time.into()]).await
    }

    /// Returns the pull request with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("pull", id).await
    }

    /// The one with that number.
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

    /// All open ones of a repository.
    pub async fn open(&self, integration: &str, repository: &str) -> Result<Vec<Model>, StoreError> {
        let query = Entity::find()
            .filter(Column::IntegrationId.eq(integration))
            .filter(Column::Repository.eq(repository))
            .filter(Column::Open.eq(true));
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

    /// Deletes one.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<Entity>("pull", id).await
    }
}

impl Tx {
    /// Notes that a pull request changed, and ensures that a job evaluates it once this transaction is committed; see
    /// [`Pulls::touch`]. Answers the new sequence number.
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
                // What is new may end well where what was there before did not.
                self.retry_now(job).await?;
            }
        }
        Ok(seq)
    }
}
