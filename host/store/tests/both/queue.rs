//! Whose turn it is, and what dead processes have left.

use palisade_store::{
    Acceptor, IntegrationStatus, NewDelivery, Store, Trigger, job::ScanSource,
    repository::integrations::NewIntegration,
};

use crate::both::support::{Place, jobs, number, raw, scene};

on_both! {
    a_dead_process_leaves_its_jobs
    what_was_running_when_three_died_is_given_up
    a_crowd_keeps_nobody_waiting
    turns_that_nobody_passed_on_are_given
    what_nobody_ends_is_found
}

/// What a process that died was running goes back.
async fn put_back(store: &Store) -> u64 {
    // No host has said that it is alive, so all are dead.
    store.requeue_orphans(3).await.unwrap() + store.requeue_of_the_silent(1_000, 3).await.unwrap()
}

async fn a_dead_process_leaves_its_jobs(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for number in 1..=3 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    raw(&store, "UPDATE river_job SET state = 'running', attempt = 4 WHERE id <= 2").await;
    raw(&store, "UPDATE river_job SET max_attempts = 4 WHERE id = 1").await;
    assert_eq!(put_back(&store).await, 2);
    assert_eq!(jobs(&store, "evaluate", "'discarded'").await, 1);
    assert_eq!(jobs(&store, "evaluate", "'available'").await, 2);
    let attempts = "SELECT COUNT(*) FROM river_job WHERE state = 'available' AND attempt = 4";
    assert_eq!(number(&store, attempts).await, 1, "the attempt stays counted");
}

async fn what_was_running_when_three_died_is_given_up(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for number in 1..=2 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    for death in 1..=3 {
        // The second is at work in the last process only.
        let running = if death == 3 { "id <= 2" } else { "id = 1" };
        raw(&store, &format!("UPDATE river_job SET state = 'running', attempt = {death} WHERE {running}"))
            .await;
        put_back(&store).await;
        assert_eq!(jobs(&store, "evaluate", "'discarded'").await, i64::from(death == 3), "after {death}");
    }
    assert_eq!(jobs(&store, "evaluate", "'available'").await, 1);
    let given_up: Vec<_> = store.pulls().abandoned().await.unwrap().iter().map(|it| it.number).collect();
    assert_eq!(given_up, [1], "its pull request is told");
}

/// The numbers of pull requests in the order in which their evaluations would be started.
async fn order(store: &Store, most: i64) -> Vec<String> {
    let mut all = Vec::new();
    for row in 0..most {
        let sql = format!(
            "SELECT id FROM river_job WHERE state = 'available' AND queue = 'work' \
             ORDER BY priority, scheduled_at, id LIMIT 1 OFFSET {row}"
        );
        let id = number(store, &sql).await;
        let of = |column: &str| {
            format!("SELECT CAST(args ->> '{column}' AS BIGINT) FROM river_job WHERE id = {id}")
        };
        all.push(number(store, &of("number")).await.to_string());
    }
    all
}

async fn second(store: &Store, connection: &str) -> String {
    let new = NewIntegration {
        connection_id: connection.to_owned(),
        name: "small".to_owned(),
        account: "43".to_owned(),
        account_name: "small".to_owned(),
        status: IntegrationStatus::Active,
    };
    store.integrations().create(new).await.unwrap().id
}

async fn a_crowd_keeps_nobody_waiting(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let small = second(&store, &scene.connection).await;
    for number in 1..=6 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    for number in 101..=102 {
        store.pulls().touch(&small, "small/infra", number).await.unwrap();
    }
    // Two of the crowd were there first; its others are behind.
    assert_eq!(order(&store, 8).await, ["1", "2", "101", "102", "3", "4", "5", "6"]);
    // One of the crowd is over: the next one goes to the end of those whose turn it is.
    raw(&store, "DELETE FROM river_job WHERE id = 1").await;
    store.pass_turn(&scene.integration).await.unwrap();
    assert_eq!(order(&store, 7).await, ["2", "101", "102", "3", "4", "5", "6"]);
    // Nobody has more turns than others have.
    store.pass_turn(&scene.integration).await.unwrap();
    store.pass_turn(&small).await.unwrap();
    assert_eq!(order(&store, 7).await, ["2", "101", "102", "3", "4", "5", "6"]);
}

async fn turns_that_nobody_passed_on_are_given(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for number in 1..=5 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    raw(&store, "DELETE FROM river_job WHERE priority = 1").await;
    store.give_turns().await.unwrap();
    let first = "SELECT COUNT(*) FROM river_job WHERE priority = 1";
    assert_eq!(number(&store, first).await, 2);
    store.give_turns().await.unwrap();
    assert_eq!(number(&store, first).await, 2);
}

async fn what_nobody_ends_is_found(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let trigger = Trigger::Demand;
    store.jobs().insert(ScanSource { source: scene.source.clone(), trigger, slot: None }).await.unwrap();
    let scan = store.scans().begin_slot(&scene.source, 7).await.unwrap().unwrap();
    let later = palisade_store::now_ms() + 1;
    assert_eq!(store.scans().abandoned(later).await.unwrap(), [], "its source has a job");
    raw(&store, "DELETE FROM river_job").await;
    let found: Vec<_> = store.scans().abandoned(later).await.unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(found, [scan.id]);
    assert_eq!(store.scans().abandoned(scan.created_at).await.unwrap(), [], "it is not old enough");
    let body = b"{}".to_vec();
    let (connection_id, event_id) = (scene.connection.clone(), "e-1".to_owned());
    let (kind, headers) = ("ping".to_owned(), "[]".to_owned());
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let delivery = NewDelivery { connection_id, event_id, kind, headers, body };
    let accepted = acceptor.accept(delivery).await.unwrap();
    assert_eq!(store.deliveries().abandoned().await.unwrap(), Vec::<String>::new());
    raw(&store, "DELETE FROM river_job").await;
    assert_eq!(store.deliveries().abandoned().await.unwrap(), [accepted.id]);
}
