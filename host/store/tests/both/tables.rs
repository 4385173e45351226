//! Slots, holds, inventory, and that what belongs to a thing goes with it.

use palisade_store::{
    Page, RepositoryState, ScanState, StoreError,
    repository::{
        inventory::{NewResource, NewResult},
        scans::ScanEnd,
    },
};

use super::support::{Place, number, scene, settings};

on_both! { slots_are_taken_once holds_only_grow sources_change deleting_takes_all }

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

async fn sources_change(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let error = store.sources().create(&scene.integration, settings("infra")).await.unwrap_err();
    assert_eq!(error.to_string(), "source infra exists already, choose another name");
    store.sources().update(&scene.source, settings("other")).await.unwrap();
    store.sources().set_repository_state(&scene.source, RepositoryState::Gone).await.unwrap();
    let row = store.sources().get(&scene.source).await.unwrap();
    assert_eq!(
        (row.name.as_str(), row.repository_state, row.folders.as_str()),
        ("other", RepositoryState::Gone, r#"["/"]"#)
    );
    assert_eq!(
        store.sources().rename_repository(&scene.integration, "acme/infra", "acme/new").await.unwrap(),
        1
    );
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
    assert_eq!(store.inventory().resources(&scene.source, &Page::first(5)).await.unwrap().len(), 5);
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
    };
    store.inventory().replace_results(&scan, vec![result.clone(), result]).await.unwrap();
    let end = || ScanEnd {
        state: ScanState::Done,
        error: None,
        verdict: Some("failed".to_owned()),
        counts: serde_json::json!({}),
        report: Some(vec![1, 2]),
    };
    assert!(store.scans().start(&scan, "abc").await.unwrap());
    assert!(store.scans().finish(&scan, end()).await.unwrap());
    assert!(!store.scans().finish(&scan, end()).await.unwrap(), "it is over");
    assert_eq!(store.scans().latest_full(&scene.source).await.unwrap().unwrap().report, Some(vec![1, 2]));

    store.pulls().touch(&scene.integration, "acme/infra", 7).await.unwrap();
    store.connections().delete(&scene.connection).await.unwrap();
    for table in ["integration", "source", "scan", "result", "resource", "pull"] {
        assert_eq!(number(&store, &format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
}
