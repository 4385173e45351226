//! Slots, waits, inventory, and deletion of dependent rows.

use palisade_domain::{Annotation, Severity};
use palisade_store::{
    Acceptor, CheckState, Conclusion, NewDelivery, Page, RepositoryState, ScanState, Store, StoreError,
    repository::{
        checks::NewCheck,
        deliveries::ListedDelivery,
        inventory::{NewResource, NewResult},
        listed_checks::ListedCheck,
        scans::{ListedScan, ScanEnd},
    },
};

use super::support::{Place, number, scene, settings};

on_both! {
    hooks_are_known_until_they_are_removed slots_are_taken_once holds_only_grow sources_change deleting_takes_all lists_are_light
    an_inventory_changes_at_once others_write_during_an_inventory
}

async fn slots_are_taken_once(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for (slot, taken) in [(1, true), (1, false), (2, true), (1, false)] {
        assert_eq!(store.scans().begin_slot(&scene.source, slot).await.unwrap().is_some(), taken, "{slot}");
    }
    assert!(store.scans().begin_slot("no such source", 1).await.is_err());
}

async fn holds_only_grow(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    for (until, kept) in [(10, 10), (5, 10), (20, 20)] {
        store.integrations().hold_until(&scene.integration, until).await.unwrap();
        assert_eq!(store.integrations().wait_until(&scene.integration).await.unwrap(), Some(kept));
    }
    assert!(matches!(store.integrations().hold_until("x", 1).await, Err(StoreError::NotFound { .. })));
}

async fn hooks_are_known_until_they_are_removed(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let hooks = store.hooks();
    let shown = async || {
        let all = hooks.of_integration(&scene.integration).await.unwrap();
        let one = |it: palisade_store::entity::hook::Model| {
            format!("{} {} {}", it.repository, it.problems.text(), it.ensured_at > 0)
        };
        all.into_iter().map(one).collect::<Vec<_>>().join(", ")
    };
    // Known before it is created at the provider, and once.
    for _ in 0..2 {
        hooks.begin(&scene.integration, "acme/b").await.unwrap();
    }
    hooks.begin(&scene.integration, "acme/a").await.unwrap();
    assert_eq!(shown().await, "acme/a [] false, acme/b [] false");
    hooks.ensured(&scene.integration, "acme/b", &["no permission".to_owned()]).await.unwrap();
    assert_eq!(shown().await, r#"acme/a [] false, acme/b ["no permission"] true"#);
    hooks.expire(&scene.integration).await.unwrap();
    hooks.removed(&scene.integration, "acme/a").await.unwrap();
    assert_eq!(shown().await, r#"acme/b ["no permission"] false"#);
    store.integrations().delete(&scene.integration).await.unwrap();
    assert_eq!(shown().await, "");
}

async fn sources_change(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let error = store.sources().create(&scene.integration, settings("infra")).await.unwrap_err();
    assert_eq!(error.to_string(), "source infra exists already, choose another name");
    store.sources().update(&scene.source, settings("other")).await.unwrap();
    store.sources().set_repository_state(&scene.source, RepositoryState::Gone).await.unwrap();
    let row = store.sources().get(&scene.source).await.unwrap();
    assert_eq!(
        (row.name.as_str(), row.repository_state, row.folders.text()),
        ("other", RepositoryState::Gone, r#"["/"]"#)
    );
    for repository in ["acme/infra", "acme/new"] {
        store.pulls().touch(&scene.integration, repository, 7).await.unwrap();
    }
    store.pulls().touch(&scene.integration, "acme/infra", 8).await.unwrap();
    store.hooks().begin(&scene.integration, "acme/infra").await.unwrap();
    store.sources().rename_repository(&scene.integration, "acme/infra", "acme/new").await.unwrap();
    let of = async |repository: &str| {
        let mut all = store.pulls().open(&scene.integration, repository).await.unwrap();
        all.sort_by_key(|it| it.number);
        all.into_iter().map(|it| it.number).collect::<Vec<_>>()
    };
    assert_eq!((of("acme/infra").await, of("acme/new").await), (vec![], vec![7, 8]));
    assert_eq!(store.sources().of_repository(&scene.integration, "acme/new").await.unwrap().len(), 1);
    assert!(matches!(store.sources().update("x", settings("x")).await, Err(StoreError::NotFound { .. })));
}

async fn deleting_takes_all(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let scan = store.scans().begin_slot(&scene.source, 1).await.unwrap().unwrap().id;
    let resources = (0..1_100).map(|number| NewResource {
        origin: "terraform".to_owned(),
        address: format!("aws_s3_bucket.b{number}"),
        kind: "aws_s3_bucket".to_owned(),
        path: "main.tf".to_owned(),
        line: number,
        passed: 1,
        failed: 2,
        unknown: 3,
    });
    store.inventory().replace_resources(&scene.source, &scan, resources.collect()).await.unwrap();
    let shown = async || store.inventory().resources(&scene.source, &Page::first(5)).await.unwrap().len();
    assert_eq!(shown().await, 0, "the scan is not done");
    let result = NewResult {
        fingerprint: "f".to_owned(),
        control: "c".to_owned(),
        severity: "high".to_owned(),
        resource: "r".to_owned(),
        path: "main.tf".to_owned(),
        line: 1,
        message: "m".to_owned(),
        outcome: "failed".to_owned(),
        new: true,
        fix: Some(serde_json::json!({})),
    };
    store.inventory().replace_results(&scan, vec![result.clone(), result]).await.unwrap();
    let end = || ScanEnd {
        state: ScanState::Done,
        error: None,
        verdict: Some("failed".to_owned()),
        counts: std::collections::BTreeMap::new(),
        report: Some(vec![1, 2]),
    };
    assert!(store.scans().start(&scan, "abc").await.unwrap());
    assert!(store.scans().finish(&scan, end()).await.unwrap());
    assert!(!store.scans().finish(&scan, end()).await.unwrap(), "it is over");
    assert_eq!(shown().await, 5);
    assert_eq!(store.scans().latest_full(&scene.source).await.unwrap().unwrap().report, Some(vec![1, 2]));

    store.pulls().touch(&scene.integration, "acme/infra", 7).await.unwrap();
    store.connections().delete(&scene.connection).await.unwrap();
    for table in ["integration", "source", "scan", "result", "resource", "pull"] {
        assert_eq!(number(&store, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
}

fn resources(count: i64, kind: &str) -> Vec<NewResource> {
    let resource = |number| NewResource {
        origin: "terraform".to_owned(),
        address: format!("{kind}.b{number}"),
        kind: kind.to_owned(),
        path: "main.tf".to_owned(),
        line: number,
        passed: 1,
        failed: 2,
        unknown: 3,
    };
    (0..count).map(resource).collect()
}

fn done() -> ScanEnd {
    ScanEnd {
        state: ScanState::Done,
        error: None,
        verdict: Some("passed".to_owned()),
        counts: std::collections::BTreeMap::new(),
        report: Some(vec![7; 100_000]),
    }
}

async fn begun(store: &Store, source: &str, slot: i64) -> String {
    let scan = store.scans().begin_slot(source, slot).await.unwrap().unwrap().id;
    assert!(store.scans().start(&scan, "abc").await.unwrap());
    scan
}

/// Lists omit large values, and all others are as in the row.
async fn lists_are_light(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let scan = begun(&store, &scene.source, 1).await;
    for has_report in [false, true] {
        if has_report {
            assert!(store.scans().finish(&scan, done()).await.unwrap());
        }
        let row = store.scans().get(&scan).await.unwrap();
        for listed in [
            store.scans().listed(&scan).await.unwrap(),
            store.scans().list(&Page::first(5)).await.unwrap().remove(0),
            store.scans().of_source(&scene.source, &Page::first(5)).await.unwrap().remove(0),
        ] {
            let whole = ListedScan {
                id: row.id.clone(),
                source_id: row.source_id.clone(),
                kind: row.kind,
                trigger: row.trigger,
                slot: row.slot,
                pull_number: row.pull_number,
                head_sha: row.head_sha.clone(),
                base_sha: row.base_sha.clone(),
                state: row.state,
                error: row.error.clone(),
                started_at: row.started_at,
                finished_at: row.finished_at,
                verdict: row.verdict.clone(),
                counts: row.counts.clone(),
                created_at: row.created_at,
                has_report,
            };
            assert_eq!(listed, whole);
        }
        assert_eq!(store.scans().report(&scan).await.unwrap().is_some(), has_report);
    }
    assert!(matches!(store.scans().listed("none").await, Err(StoreError::NotFound { .. })));
    assert!(matches!(store.scans().report("none").await, Err(StoreError::NotFound { .. })));

    assert_eq!(store.deliveries().newest_at().await.unwrap(), None);
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let delivery = NewDelivery {
        connection_id: scene.connection.clone(),
        event_id: "e".to_owned(),
        kind: "push".to_owned(),
        headers: Vec::new(),
        body: vec![7; 100_000],
    };
    let id = acceptor.accept(delivery).await.unwrap().id;
    let row = store.deliveries().get(&id).await.unwrap();
    assert_eq!(store.deliveries().newest_at().await.unwrap(), Some(row.received_at));
    assert_eq!(store.deliveries().list(&Page::first(5)).await.unwrap(), [ListedDelivery::from(row)]);

    let check = NewCheck {
        integration_id: scene.integration.clone(),
        repository: "acme/infra".to_owned(),
        head_sha: "abc".to_owned(),
        name: "Palisade".to_owned(),
        pulls: vec![1],
        state: CheckState::Completed,
        conclusion: Some(Conclusion::Failure),
        title: "bad".to_owned(),
        summary: "long".repeat(10_000),
        annotations: vec![Annotation {
            key: "k".to_owned(),
            path: "main.tf".to_owned(),
            line: 1,
            end_line: 2,
            severity: Severity::High,
            title: "bad".to_owned(),
            message: "so bad".to_owned(),
        }],
        deadline_at: None,
        fence: 0,
    };
    let id = store.checks().note(&check).await.unwrap().unwrap().id;
    let row = store.checks().get(&id).await.unwrap();
    let listed = store.checks().listed(&scene.integration, &Page::first(5)).await.unwrap();
    assert_eq!(listed, [ListedCheck::from(row)]);
}

/// A reader sees the resources of one scan: the previous one until the new one is done.
async fn an_inventory_changes_at_once(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let shown = async || {
        let rows = store.inventory().resources(&scene.source, &Page::first(1_000)).await.unwrap();
        let mut kinds: Vec<String> = rows.iter().map(|it| it.kind.clone()).collect();
        kinds.dedup();
        (rows.len(), kinds.concat())
    };
    let rows = async || number(&store, "SELECT COUNT(*) FROM resource").await;
    let inventory = store.inventory();
    let first = begun(&store, &scene.source, 1).await;
    inventory.replace_resources(&scene.source, &first, resources(10, "a")).await.unwrap();
    assert!(store.scans().finish(&first, done()).await.unwrap());
    inventory.forget_replaced(&scene.source).await.unwrap();
    assert_eq!(shown().await, (10, "a".to_owned()));

    let (second, other) = (begun(&store, &scene.source, 2).await, begun(&store, &scene.source, 3).await);
    // Two attempts, in addition to another running scan.
    for _ in 0..2 {
        inventory.replace_resources(&scene.source, &second, resources(700, "b")).await.unwrap();
    }
    inventory.replace_resources(&scene.source, &other, resources(5, "c")).await.unwrap();
    assert_eq!(shown().await, (10, "a".to_owned()), "until it is done");
    assert!(store.scans().finish(&second, done()).await.unwrap());
    assert_eq!(shown().await, (700, "b".to_owned()));
    inventory.forget_replaced(&scene.source).await.unwrap();
    assert_eq!(rows().await, 705, "those of the scan that runs stay");
    assert!(store.scans().finish(&other, ScanEnd { state: ScanState::Failed, ..done() }).await.unwrap());
    inventory.forget_replaced(&scene.source).await.unwrap();
    assert_eq!((rows().await, shown().await), (700, (700, "b".to_owned())));
}

/// Deliveries are accepted while a large inventory is written.
async fn others_write_during_an_inventory(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let scan = begun(&store, &scene.source, 1).await;
    let (writer, source) = (store.clone(), scene.source.clone());
    let writing = tokio::spawn(async move {
        writer.inventory().replace_resources(&source, &scan, resources(40_000, "a")).await.unwrap();
    });
    let acceptor = Acceptor::start(store.clone(), store.jobs().clone());
    let mut accepted = 0;
    while !writing.is_finished() {
        let delivery = NewDelivery {
            connection_id: scene.connection.clone(),
            event_id: accepted.to_string(),
            kind: "push".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        acceptor.accept(delivery).await.unwrap();
        accepted += 1;
    }
    writing.await.unwrap();
    assert!(accepted >= 20, "only {accepted} deliveries during 80 transactions");
    assert_eq!(number(&store, "SELECT COUNT(*) FROM resource").await, 40_000);
}
