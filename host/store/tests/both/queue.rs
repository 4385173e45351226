//! Turns of integrations, and jobs of crashed processes.

use palisade_store::{
    Acceptor, Database, IntegrationStatus, NewDelivery, Store, Trigger,
    job::{Reconcile, ScanSource},
    repository::{integrations::NewIntegration, pulls::Reported},
};

use crate::both::support::{Place, jobs, number, raw, scene};

on_both! {
    a_dead_process_leaves_its_jobs
    what_was_running_at_a_stop_is_no_crash
    what_was_running_when_three_died_is_given_up
    what_is_given_up_is_not_begun_by_a_job_that_waited_beside_it
    a_crowd_keeps_nobody_waiting
    turns_that_nobody_passed_on_are_given
    what_is_alike_waits_once
    what_nobody_ends_is_found
}

/// Returns the jobs of crashed processes to the queue.
async fn put_back(store: &Store) -> u64 {
    // No host has sent a heartbeat, so all count as crashed.
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
        // The second job is running in the last process only.
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

async fn what_is_given_up_is_not_begun_by_a_job_that_waited_beside_it(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let before = match store.database() {
        Database::Sqlite(_) => "datetime('now', '-1 second')",
        Database::Postgres(_) => "clock_timestamp() - interval '1 second'",
    };
    let touch = async |number| store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    // (first id, whether there is a change while the last process is running, discarded jobs, waiting jobs)
    for (first, news, discarded, waiting) in [(1, false, 2, 1), (4, true, 1, 2)] {
        touch(first).await;
        touch(first + 1).await;
        for death in 1..=3 {
            let running = format!("state = 'running', attempt = {death}, attempted_at = {before}");
            raw(&store, &format!("UPDATE river_job SET {running} WHERE id = {first}")).await;
            if death == 1 {
                // Inserted because the first job is running; its last attempt covers this change.
                touch(first).await;
                let old = format!("UPDATE river_job SET created_at = {before} WHERE id = {}", first + 2);
                raw(&store, &old).await;
            } else if death == 3 && news {
                touch(first).await;
            }
            put_back(&store).await;
        }
        let count = async |state: &str| {
            number(
                &store,
                &format!("SELECT COUNT(*) FROM river_job WHERE state = '{state}' AND id >= {first}"),
            )
            .await
        };
        assert_eq!(
            (count("discarded").await, count("available").await),
            (discarded, waiting),
            "news: {news}"
        );
    }
}

async fn what_was_running_at_a_stop_is_no_crash(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    store.pulls().touch(&scene.integration, "acme/infra", 1).await.unwrap();
    let by = match store.database() {
        Database::Sqlite(_) => "jsonb('[\"first\", \"last\"]')",
        Database::Postgres(_) => "ARRAY['first', 'last']",
    };
    for stop in 1..=4 {
        store.leave(if stop == 4 { "first" } else { "last" }).await.unwrap();
        raw(
            &store,
            &format!("UPDATE river_job SET state = 'running', attempt = {stop}, attempted_by = {by}"),
        )
        .await;
        raw(
            &store,
            &format!("DELETE FROM meta WHERE key LIKE 'leaving:%' AND {stop} = 4 AND key = 'leaving:last'"),
        )
        .await;
        assert_eq!(put_back(&store).await, 1);
        assert_eq!(jobs(&store, "evaluate", "'available'").await, 1, "after {stop}");
        let crashes = "SELECT CAST(coalesce(metadata ->> 'crashes', '0') AS BIGINT) FROM river_job";
        assert_eq!(number(&store, crashes).await, i64::from(stop == 4), "it ran on the last host");
    }
}

/// The numbers of pull requests in the order in which their evaluations would start.
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
    for number in 1..=9 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    for number in 101..=102 {
        store.pulls().touch(&small, "small/infra", number).await.unwrap();
    }
    // Four evaluations of the large integration can be started; its others cannot.
    assert_eq!(order(&store, 6).await, ["1", "2", "3", "4", "101", "102"]);
    assert_eq!(jobs(&store, "evaluate", "'pending'").await, 5);
    // When one of them ends, the next one is queued after all that can be started.
    raw(&store, "UPDATE river_job SET state = 'running' WHERE id = 1").await;
    store.pass_turn(&scene.integration, 1).await.unwrap();
    assert_eq!(order(&store, 6).await, ["2", "3", "4", "101", "102", "5"]);
    // Every integration has at most the same number of turns.
    raw(&store, "DELETE FROM river_job WHERE id = 1").await;
    store.pass_turn(&scene.integration, 1).await.unwrap();
    store.pass_turn(&small, 0).await.unwrap();
    assert_eq!(jobs(&store, "evaluate", "'available'").await, 6);
    // Urgent evaluations start before all others.
    let reported = Reported { urgent: true, ..Reported::default() };
    store.pulls().touch_reported(&scene.integration, "acme/infra", 9, reported).await.unwrap();
    store.pulls().touch_reported(&small, "small/infra", 103, reported).await.unwrap();
    assert_eq!(order(&store, 2).await, ["9", "103"]);
}

async fn turns_that_nobody_passed_on_are_given(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for number in 1..=9 {
        store.pulls().touch(&scene.integration, "acme/infra", number).await.unwrap();
    }
    raw(&store, "DELETE FROM river_job WHERE state = 'available'").await;
    for _ in 0..2 {
        store.give_turns().await.unwrap();
        assert_eq!(jobs(&store, "evaluate", "'available'").await, 4);
    }
}

/// One job waits for each integration in addition to a running one, and a new request starts it at once.
async fn what_is_alike_waits_once(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let id = &scene.integration;
    let enqueue = async || store.enqueue_alone(Reconcile { integration: id.clone() }, id).await.unwrap();
    enqueue().await;
    enqueue().await;
    assert_eq!(jobs(&store, "reconcile", "'available'").await, 1);
    raw(&store, "UPDATE river_job SET state = 'running'").await;
    enqueue().await;
    enqueue().await;
    assert_eq!(jobs(&store, "reconcile", "'available'").await, 1, "the one that runs may have read before");
    let last = number(&store, "SELECT max(id) FROM river_job").await;
    assert!(store.runs_already("reconcile", id, last).await.unwrap());
    assert!(!store.runs_already("reconcile", id, last - 1).await.unwrap(), "it does not wait for itself");
    assert!(!store.runs_already("refresh", id, last).await.unwrap());
    let far = "UPDATE river_job SET state = 'retryable', scheduled_at = '2099-01-01 00:00:00' WHERE state = 'available'";
    raw(&store, far).await;
    enqueue().await;
    assert_eq!(
        jobs(&store, "reconcile", "'available'").await,
        1,
        "it waits for no pause of an earlier failure"
    );
    let depths = store.depths().await.unwrap();
    assert_eq!(depths.iter().map(|it| (it.queue.as_str(), it.jobs)).collect::<Vec<_>>(), [("provider", 1)]);
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
    let (kind, headers) = ("ping".to_owned(), Vec::new());
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let delivery = NewDelivery { connection_id, event_id, kind, headers, body };
    let accepted = acceptor.accept(delivery).await.unwrap();
    assert_eq!(store.deliveries().abandoned().await.unwrap(), Vec::<String>::new());
    raw(&store, "DELETE FROM river_job").await;
    assert_eq!(store.deliveries().abandoned().await.unwrap(), [accepted.id]);
}
