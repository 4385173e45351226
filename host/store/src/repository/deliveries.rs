//! Accepted deliveries, after they were accepted.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    DeliveryState, Page, Store, StoreError,
    entity::{
        delivery::{Column, Entity, Model},
        kinds::AsText,
    },
    job::Deliver,
    now_ms,
    repository::has_no_job,
    transaction::Tx,
};

/// A delivery in a list: without its headers and its body, of which a page would be as large as a thousand deliveries.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListedDelivery {
    /// Our id.
    pub id: String,
    /// The connection it came to.
    pub connection_id: String,
    /// The provider's id.
    pub event_id: String,
    /// The provider's name of the kind of event.
    pub kind: String,
    /// When it was accepted, in Unix milliseconds.
    pub received_at: i64,
    /// How far it is.
    pub state: DeliveryState,
    /// What became of it.
    pub note: String,
    /// When it was over, in Unix milliseconds.
    pub finished_at: Option<i64>,
    /// How often it was queued.
    pub attempts: i64,
}

impl From<Model> for ListedDelivery {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            connection_id: row.connection_id,
            event_id: row.event_id,
            kind: row.kind,
            received_at: row.received_at,
            state: row.state,
            note: row.note,
            finished_at: row.finished_at,
            attempts: row.attempts,
        }
    }
}

/// Deliveries.
#[derive(Clone, Copy, Debug)]
pub struct Deliveries<'a> {
    pub(crate) store: &'a Store,
}

impl Deliveries<'_> {
    /// Returns the delivery with this id.
    pub async fn get(&self, id: &str) -> Result<Model, StoreError> {
        self.store.find::<Entity>("delivery", id).await
    }

    /// A page of all, without what they carry.
    pub async fn list(&self, page: &Page) -> Result<Vec<ListedDelivery>, StoreError> {
        let query = Entity::find().select_only().columns([
            Column::Id,
            Column::ConnectionId,
            Column::EventId,
            Column::Kind,
            Column::ReceivedAt,
            Column::State,
            Column::Note,
            Column::FinishedAt,
            Column::Attempts,
        ]);
        page.fetch_some(self.store.read(), query, Column::Id).await
    }

    /// When the newest one was accepted, in Unix milliseconds.
    pub async fn newest_at(&self) -> Result<Option<i64>, StoreError> {
        let query =
            Entity::find().select_only().column(Column::ReceivedAt).order_by_desc(Column::Id).limit(1);
        Ok(query.into_tuple().one(self.store.read()).await?)
    }

    /// Those that wait for a job that nobody will do: it killed the process too often.
    pub async fn abandoned(&self) -> Result<Vec<String>, StoreError> {
        let query = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::State.eq(DeliveryState::Waiting))
            .filter(has_no_job("delivery"))
            .order_by_asc(Column::Id);
        Ok(query.into_tuple().all(self.store.read()).await?)
    }

    /// Notes what became of it.
    pub async fn finish(&self, id: &str, state: DeliveryState, note: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        if !note_end(&mut tx, id, state, note).await? {
            return Err(StoreError::not_found("delivery", id));
        }
        tx.commit().await
    }

    /// Gives it a new job, unless it waits for one already.
    pub async fn reopen(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE delivery SET attempts = attempts + 1 WHERE id = $1 RETURNING state, job_id";
        let row = tx.row(sql, vec![id.into()]).await?.ok_or_else(|| StoreError::not_found("delivery", id))?;
        // A job may still run when its delivery is over: then all that it does for it is done.
        if row.text(0)? == DeliveryState::Waiting.as_text() && tx.job_lives(row.maybe_int(1)?).await? {
            // Dropping the transaction leaves the count as it was.
            return Ok(());
        }
        let job = tx.job(&self.store.shared.client, Deliver { delivery: id.to_owned() }).await?;
        let sql =
            "UPDATE delivery SET state = 'waiting', note = '', finished_at = NULL, job_id = $2 WHERE id = $1";
        tx.execute(sql, vec![id.into(), job.into()]).await?;
        tx.commit().await
    }

    /// Deletes those that came before `time` and are over; answers how many.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        let gone = Entity::delete_many()
            .filter(Column::ReceivedAt.lt(time))
            .filter(Column::State.ne(DeliveryState::Waiting))
            .exec(self.store.write())
            .await?;
        Ok(gone.rows_affected)
    }
}

/// Notes within a transaction what became of a delivery. False: there is none.
pub(crate) async fn note_end(
    tx: &mut Tx,
    id: &str,
    state: DeliveryState,
    note: &str,
) -> Result<bool, StoreError> {
    let sql = "UPDATE delivery SET state = $2, note = $3, finished_at = $4 WHERE id = $1";
    let values = vec![id.into(), state.as_text().into(), note.into(), now_ms().into()];
    Ok(tx.execute(sql, values).await? > 0)
}
