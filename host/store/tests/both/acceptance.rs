//! Deliveries are accepted once, durably, and are never lost.

use futures::future::join_all;
use palisade_store::{Acceptor, DeliveryState, NewDelivery, Outcome, Page, StoreError};

use super::support::{Place, jobs, number, raw, scene};

const LIVE: &str = "'available', 'running', 'retryable', 'scheduled', 'pending'";

on_both! { duplicates_are_one failed_is_reopened anything_is_reopened_on_request many_are_durable gone_is_unavailable one_bad_spares_the_others }

fn delivery(connection: &str, event: &str) -> NewDelivery {
    NewDelivery {
        connection_id: connection.to_owned(),
        event_id: event.to_owned(),
        kind: "push".to_owned(),
        headers: Vec::new(),
        body: b"\x00\xffbody".to_vec(),
    }
}

async fn duplicates_are_one(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let accepted = join_all((0..10).map(|_| acceptor.accept(delivery(&scene.connection, "e")))).await;
    let accepted: Vec<_> = accepted.into_iter().map(Result::unwrap).collect();
    assert_eq!(accepted.iter().filter(|it| it.outcome == Outcome::New).count(), 1);
    assert_eq!(accepted.iter().filter(|it| it.outcome == Outcome::Duplicate).count(), 9);
    assert!(accepted.iter().all(|it| it.id == accepted[0].id));
    assert_eq!(number(&store, "SELECT COUNT(*) FROM delivery").await, 1);
    assert_eq!(jobs(&store, "deliver", LIVE).await, 1);
    assert_eq!(store.deliveries().get(&accepted[0].id).await.unwrap().body, b"\x00\xffbody");
}

async fn failed_is_reopened(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let again = || acceptor.accept(delivery(&scene.connection, "e"));
    let id = again().await.unwrap().id;
    let end = if place.is_sqlite() { "CURRENT_TIMESTAMP" } else { "now()" };
    // (state of the delivery, state of its job, result of the same delivery)
    for (state, job, expected) in [
        (None, "available", Outcome::Duplicate),
        (None, "running", Outcome::Duplicate),
        (None, "discarded", Outcome::Reopened),
        (Some(DeliveryState::Failed), "completed", Outcome::Reopened),
        (Some(DeliveryState::Done), "completed", Outcome::Duplicate),
        (Some(DeliveryState::Ignored), "completed", Outcome::Duplicate),
    ] {
        let finalized = if matches!(job, "completed" | "discarded") { end } else { "NULL" };
        raw(&store, &format!("UPDATE river_job SET state = '{job}', finalized_at = {finalized}")).await;
        if let Some(state) = state {
            store.deliveries().finish(&id, state, "note").await.unwrap();
        }
        let accepted = again().await.unwrap();
        assert_eq!((accepted.outcome, &accepted.id), (expected, &id), "{state:?} {job}");
        let row = store.deliveries().get(&id).await.unwrap();
        if expected == Outcome::Reopened {
            assert_eq!(
                (row.state, row.finished_at, jobs(&store, "deliver", "'available'").await),
                (DeliveryState::Waiting, None, 1)
            );
        }
    }
    assert_eq!(store.deliveries().get(&id).await.unwrap().attempts, 3);
}

async fn anything_is_reopened_on_request(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let id = acceptor.accept(delivery(&scene.connection, "e")).await.unwrap().id;
    let end = if place.is_sqlite() { "CURRENT_TIMESTAMP" } else { "now()" };
    let mut attempts = 1;
    // (state of the delivery, state of its job, whether it gets another one)
    for (state, job, another) in [
        (DeliveryState::Waiting, "available", false),
        (DeliveryState::Waiting, "running", false),
        (DeliveryState::Waiting, "retryable", false),
        (DeliveryState::Waiting, "discarded", true),
        (DeliveryState::Done, "completed", true),
        (DeliveryState::Ignored, "completed", true),
        (DeliveryState::Failed, "completed", true),
        // Its job has stored the result, but has not ended yet.
        (DeliveryState::Done, "running", true),
    ] {
        let finalized = if matches!(job, "completed" | "discarded") { end } else { "NULL" };
        raw(&store, &format!("UPDATE river_job SET state = '{job}', finalized_at = {finalized}")).await;
        store.deliveries().finish(&id, state, "note").await.unwrap();
        store.deliveries().reopen(&id).await.unwrap();
        attempts += i64::from(another);
        let row = store.deliveries().get(&id).await.unwrap();
        assert_eq!((row.state, row.attempts), (DeliveryState::Waiting, attempts), "{state:?} {job}");
        if another {
            assert_eq!((row.finished_at, jobs(&store, "deliver", "'available'").await), (None, 1));
        }
    }
    let absent = store.deliveries().reopen("none").await.unwrap_err();
    assert!(matches!(absent, StoreError::NotFound { .. }), "{absent}");
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.connections, counts.integrations, counts.sources, counts.deliveries), (1, 1, 1, 1));
}

async fn many_are_durable(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let before = store.statements();
    let names: Vec<_> = (0..500).map(|number| format!("e{number}")).collect();
    let accepted =
        join_all(names.iter().map(|name| acceptor.accept(delivery(&scene.connection, name)))).await;
    assert!(accepted.iter().all(|it| it.as_ref().unwrap().outcome == Outcome::New));
    assert!(store.statements() - before >= 1_000, "statements of acceptance are counted");
    drop(acceptor);
    store.close().await.unwrap();
    drop(store);
    let store = place.open_patiently().await;
    assert_eq!(number(&store, "SELECT COUNT(*) FROM delivery").await, 500);
    assert_eq!(jobs(&store, "deliver", "'available'").await, 500);
    let first = store.deliveries().list(&Page::first(300)).await.unwrap();
    let rest = store.deliveries().list(&Page::after(&first[299].id, 300)).await.unwrap();
    assert_eq!((first.len(), rest.len()), (300, 200));
}

async fn gone_is_unavailable(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    store.close().await.unwrap();
    let error = acceptor.accept(delivery(&scene.connection, "e")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
}

async fn one_bad_spares_the_others(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let all = (0..40).map(|number| {
        let connection = if number == 20 { "no such connection" } else { &scene.connection };
        acceptor.accept(delivery(connection, &format!("e{number}")))
    });
    let accepted = join_all(all).await;
    let refused: Vec<_> = (0..40).filter(|number| accepted[*number].is_err()).collect();
    assert_eq!(refused, [20]);
    assert_eq!(number(&store, "SELECT COUNT(*) FROM delivery").await, 39);
    assert_eq!(jobs(&store, "deliver", LIVE).await, 39);
}
