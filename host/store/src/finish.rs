//! Stores the results of deliveries that need no work, which are most of them: several share a transaction, as with
//! accepted ones.

use tokio::sync::{mpsc, oneshot};

use crate::{DeliveryState, Store, StoreError, repository::deliveries::note_end};

/// The maximum number of deliveries in one transaction.
const TOGETHER: usize = 64;
/// The maximum number of waiting callers.
const QUEUE: usize = 1_024;

struct Waiter {
    delivery: String,
    state: DeliveryState,
    note: String,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

/// Stores the results of deliveries. Clones share the queue; when the last one is dropped, the task ends.
#[derive(Clone, Debug)]
pub struct Finisher {
    queue: mpsc::Sender<Waiter>,
}

impl Finisher {
    /// Starts the task that writes. Call it in a Tokio runtime.
    pub fn start(store: Store) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, waiting));
        Self { queue }
    }

    /// Stores the result of a delivery; it is durable when this returns. A delivery that was deleted in the meantime is
    /// ignored.
    pub async fn finish(&self, delivery: &str, state: DeliveryState, note: &str) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let stopping = || StoreError::Unavailable("service is stopping".to_owned());
        let waiter = Waiter { delivery: delivery.to_owned(), state, note: note.to_owned(), answer };
        self.queue.send(waiter).await.map_err(|_| stopping())?;
        answered.await.map_err(|_| stopping())?
    }
}

async fn run(store: Store, mut waiting: mpsc::Receiver<Waiter>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        let outcome = together(&store, &batch).await;
        for waiter in batch.drain(..) {
            let answer = match &outcome {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Unavailable(error.to_string())),
            };
            // A caller that no longer waits needs no answer.
            waiter.answer.send(answer).ok();
        }
    }
}

async fn together(store: &Store, batch: &[Waiter]) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    for Waiter { delivery, state, note, .. } in batch {
        note_end(&mut tx, delivery, *state, note).await?;
    }
    tx.commit().await
}
