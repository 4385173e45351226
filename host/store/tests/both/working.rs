//! A client on the same pool works on jobs that are inserted here, and workers write to the store at the same time.

use std::time::{Duration, Instant};

use futures::future::join_all;
use palisade_store::{Acceptor, Database, DeliveryState, NewDelivery, Page, Store, job::Deliver};
use riverqueue::{BoxError, Client, Job, QueueConfig, WorkContext, WorkOutcome, Workers};

use super::support::{Place, scene};

const DELIVERIES: usize = 60;

on_both! { accepted_is_worked }

fn client(store: &Store) -> Client {
    let mut workers = Workers::new();
    let worked = store.clone();
    let work = move |_: WorkContext, job: Job<Deliver>| {
        let store = worked.clone();
        async move {
            store.deliveries().finish(&job.args.delivery, DeliveryState::Done, "worked").await?;
            Ok::<_, BoxError>(WorkOutcome::Complete)
        }
    };
    workers.add_fn(work).unwrap();
    let builder = match store.database() {
        Database::Sqlite(pool) => Client::builder(pool),
        Database::Postgres(pool) => Client::builder(pool),
    };
    builder.workers(workers).queue("default", QueueConfig::new(8)).build().unwrap()
}

async fn accepted_is_worked(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let client = client(&store);
    let mut run = client.start().unwrap();
    let acceptor = Acceptor::start(store.clone(), client.clone());
    let all = (0..DELIVERIES).map(|number| {
        acceptor.accept(NewDelivery {
            connection_id: scene.connection.clone(),
            event_id: number.to_string(),
            kind: "push".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        })
    });
    assert!(join_all(all).await.iter().all(Result::is_ok));
    let began = Instant::now();
    loop {
        let rows = store.deliveries().list(&Page::first(100)).await.unwrap();
        let done = rows.iter().filter(|row| row.state == DeliveryState::Done).count();
        if done == DELIVERIES {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "only {done} of {DELIVERIES} are done");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    run.stop().await.unwrap();
}
