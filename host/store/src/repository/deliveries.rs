//! Accepted deliveries.

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

/// A delivery in a list: without headers and body, which would make a page a thousand deliveries large.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ListedDelivery {
    /// Our id of the delivery.
    pub id: String,
    /// The id of its connection.
    pub connection_id: String,
    /// The provider's id of the delivery.
    pub event_id: String,
    /// The provider's name of the event type.
    pub kind: String,
    /// The time at which it was accepted, in Unix milliseconds.
    pub received_at: i64,
    /// The state.
    pub state: DeliveryState,
    /// The result.
    pub note: String,
    /// The time of the result, in Unix milliseconds.
    pub finished_at: Option<i64>,
    /// How many times it was queued.
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

    /// Lists the deliveries without headers and body, one page at a time.
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

    /// The time at which the newest delivery was accepted, in Unix milliseconds.
    pub async fn newest_at(&self) -> Result<Option<i64>, StoreError> {
        let query =
            Entity::find().select_only().column(Column::ReceivedAt).order_by_desc(Column::Id).limit(1);
        Ok(query.into_tuple().one(self.store.read()).await?)
    }

    /// Lists the waiting deliveries whose job was discarded, because it crashed the process too often.
    pub async fn abandoned(&self) -> Result<Vec<String>, StoreError> {
        let query = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::State.eq(DeliveryState::Waiting))
            .filter(has_no_job("delivery"))
            .order_by_asc(Column::Id);
        Ok(query.into_tuple().all(self.store.read()).await?)
    }

    /// Stores the result of a delivery.
    pub async fn finish(&self, id: &str, state: DeliveryState, note: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        if !note_end(&mut tx, id, state, note).await? {
            return Err(StoreError::not_found("delivery", id));
        }
        tx.commit().await
    }

    /// Inserts a new job for a delivery, unless one is waiting already.
    pub async fn reopen(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let sql = "UPDATE delivery SET attempts = attempts + 1 WHERE id = $1 RETURNING state, job_id";
        let row = tx.row(sql, vec![id.into()]).await?.ok_or_else(|| StoreError::not_found("delivery", id))?;
        // The job of a completed delivery may still be running, but has nothing left to do.
        if row.text(0)? == DeliveryState::Waiting.as_text() && tx.job_lives(row.maybe_int(1)?).await? {
            // Dropping the transaction leaves the count unchanged.
            return Ok(());
        }
        let job = tx.job(&self.store.shared.client, Deliver { delivery: id.to_owned() }).await?;
        let sql =
            "UPDATE delivery SET state = 'waiting', note = '', finished_at = NULL, job_id = $2 WHERE id = $1";
        tx.execute(sql, vec![id.into(), job.into()]).await?;
        tx.commit().await
    }

    /// Deletes ended deliveries that arrived before `time`; returns their number.
    pub async fn forget_before(&self, time: i64) -> Result<u64, StoreError> {
        let gone = Entity::delete_many()
            .filter(Column::ReceivedAt.lt(time))
            .filter(Column::State.ne(DeliveryState::Waiting))
            .exec(self.store.write())
            .await?;
        Ok(gone.rows_affected)
    }
}

/// Stores the result of a delivery within a transaction. `false` means that it does not exist.
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
