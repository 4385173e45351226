//! Accepts deliveries: when the response is sent, the delivery and its job are on the disk.
//!
//! Concurrent callers share a transaction (group commit): a task takes all deliveries that were queued while the
//! previous transaction was written. So no delivery waits for others, and the disk is flushed once for many.

use riverqueue::Client;
use tokio::sync::{mpsc, oneshot};

use crate::{
    DeliveryState, Store, StoreError,
    entity::kinds::AsText,
    job::Deliver,
    new_id, now_ms,
    transaction::{Tx, Value},
};

/// The maximum number of deliveries in one transaction.
const TOGETHER: usize = 64;
/// The maximum number of waiting callers; further ones must retry.
const QUEUE: usize = 1_024;

/// An authentic delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// The id of its connection.
    pub connection_id: String,
    /// The provider's id of the delivery.
    pub event_id: String,
    /// The provider's name of the event type.
    pub kind: String,
    /// Headers: names and values.
    pub headers: Vec<(String, String)>,
    /// The body, unchanged.
    pub body: Vec<u8>,
}

/// The result of accepting a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    New,
    /// It exists, and is done or will be handled.
    Duplicate,
    /// It exists, but had failed or had no job that would handle it; it has a new job.
    Reopened,
}

/// An accepted delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Our id of the delivery.
    pub id: String,
    /// The result.
    pub outcome: Outcome,
}

struct Waiter {
    delivery: NewDelivery,
    answer: oneshot::Sender<Result<Accepted, StoreError>>,
}

/// Accepts deliveries. Clones share the queue; when the last one is dropped, the task ends.
#[derive(Clone, Debug)]
pub struct Acceptor {
    queue: mpsc::Sender<Waiter>,
}

impl Acceptor {
    /// Starts the task that writes. Call it in a Tokio runtime.
    pub fn start(store: Store, client: Client) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, client, waiting));
        Self { queue }
    }

    /// Accepts a delivery; it is durable when this returns. If the queue is full, the error is
    /// [`StoreError::Unavailable`].
    pub async fn accept(&self, delivery: NewDelivery) -> Result<Accepted, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue
            .try_send(Waiter { delivery, answer })
            .map_err(|_| StoreError::Unavailable("too many deliveries wait to be accepted".to_owned()))?;
        answered.await.map_err(|_| StoreError::Unavailable("service is stopping".to_owned()))?
    }
}

async fn run(store: Store, client: Client, mut waiting: mpsc::Receiver<Waiter>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        let outcome = together(&store, &client, &batch).await;
        settle(&store, &client, batch.drain(..), outcome).await;
    }
}

/// Answers the callers. If one delivery cannot be written, each is retried alone, so that the others do not fail.
async fn settle(
    store: &Store,
    client: &Client,
    batch: impl ExactSizeIterator<Item = Waiter>,
    outcome: Result<Vec<Accepted>, StoreError>,
) {
    // A caller that no longer waits needs no answer.
    match outcome {
        Ok(accepted) => {
            for (waiter, accepted) in batch.zip(accepted) {
                waiter.answer.send(Ok(accepted)).ok();
            }
        }
        Err(StoreError::Unavailable(why)) => {
            tracing::warn!(why, "deliveries were not accepted");
            for waiter in batch {
                waiter.answer.send(Err(StoreError::Unavailable(why.clone()))).ok();
            }
        }
        Err(_) => {
            for waiter in batch {
                let outcome = alone(store, client, &waiter).await;
                waiter.answer.send(outcome).ok();
            }
        }
    }
}

async fn together(store: &Store, client: &Client, batch: &[Waiter]) -> Result<Vec<Accepted>, StoreError> {
    let mut tx = store.begin().await?;
    let mut accepted = Vec::with_capacity(batch.len());
    for waiter in batch {
        accepted.push(write(&mut tx, &waiter.delivery).await?);
    }
    queue(&mut tx, client, &accepted).await?;
    tx.commit().await?;
    Ok(accepted)
}

async fn alone(store: &Store, client: &Client, waiter: &Waiter) -> Result<Accepted, StoreError> {
    let mut tx = store.begin().await?;
    let accepted = write(&mut tx, &waiter.delivery).await?;
    queue(&mut tx, client, std::slice::from_ref(&accepted)).await?;
    tx.commit().await?;
    Ok(accepted)
}

/// Inserts a job for each delivery that needs one, and stores its id.
async fn queue(tx: &mut Tx, client: &Client, accepted: &[Accepted]) -> Result<(), StoreError> {
    let ids: Vec<_> =
        accepted.iter().filter(|it| it.outcome != Outcome::Duplicate).map(|it| it.id.clone()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let jobs = ids.iter().map(|id| Deliver { delivery: id.clone() }).collect();
    for (id, job) in ids.into_iter().zip(tx.jobs(client, jobs).await?) {
        tx.execute("UPDATE delivery SET job_id = $2 WHERE id = $1", vec![id.into(), job.into()]).await?;
    }
    Ok(())
}

async fn write(tx: &mut Tx, delivery: &NewDelivery) -> Result<Accepted, StoreError> {
    let id = new_id();
    let inserted = tx
        .execute(
            "INSERT INTO delivery (id, connection_id, event_id, kind, received_at, headers, body, state, note, \
             attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '', 1) \
             ON CONFLICT (connection_id, event_id) DO NOTHING",
            vec![
                Value::from(&id),
                Value::from(&delivery.connection_id),
                Value::from(&delivery.event_id),
                Value::from(&delivery.kind),
                now_ms().into(),
                serde_json::to_string(&delivery.headers)?.into(),
                delivery.body.clone().into(),
            ],
        )
        .await?;
    if inserted == 0 { again(tx, delivery).await } else { Ok(Accepted { id, outcome: Outcome::New }) }
}

async fn again(tx: &mut Tx, delivery: &NewDelivery) -> Result<Accepted, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT id, state, job_id FROM delivery WHERE connection_id = $1 AND event_id = $2 FOR UPDATE"
    } else {
        "SELECT id, state, job_id FROM delivery WHERE connection_id = $1 AND event_id = $2"
    };
    let row =
        tx.row(sql, vec![Value::from(&delivery.connection_id), Value::from(&delivery.event_id)]).await?;
    let row = row.ok_or_else(|| StoreError::not_found("delivery", &delivery.event_id))?;
    let (id, state, job) = (row.text(0)?, row.text(1)?, row.maybe_int(2)?);
    // A waiting delivery without a job was written or reopened earlier in this transaction: `queue` inserts its job.
    let on_its_way =
        state == DeliveryState::Waiting.as_text() && (job.is_none() || tx.job_lives(job).await?);
    if on_its_way || [DeliveryState::Done, DeliveryState::Ignored].iter().any(|it| it.as_text() == state) {
        return Ok(Accepted { id, outcome: Outcome::Duplicate });
    }
    tx.execute(
        "UPDATE delivery SET state = 'waiting', note = '', finished_at = NULL, attempts = attempts + 1, \
         job_id = NULL WHERE id = $1",
        vec![Value::from(&id)],
    )
    .await?;
    Ok(Accepted { id, outcome: Outcome::Reopened })
}
