//! The audit log verifies, and detects changes.

use futures::future::join_all;
use palisade_store::{Store, repository::audit::Act};

use super::support::{Place, raw};

on_both! { chain_shows_changes }

async fn act(store: &Store, object: &str) {
    let act = Act {
        actor: "ann".to_owned(),
        action: "source.create".to_owned(),
        object_kind: "source".to_owned(),
        object_id: object.to_owned(),
        detail: serde_json::json!({"name": object}),
    };
    store.audit().append(act).await.unwrap();
}

async fn chain_shows_changes(place: Place) {
    let store = place.open().await;
    assert_eq!(store.audit_verify().await.unwrap(), 0);
    join_all((0..20).map(|number| {
        let store = store.clone();
        async move { act(&store, &format!("s{number}")).await }
    }))
    .await;
    assert_eq!(store.audit_verify().await.unwrap(), 20);
    assert_eq!(
        store.audit().list(Some(11), 3).await.unwrap().iter().map(|it| it.id).collect::<Vec<_>>(),
        [10, 9, 8]
    );
    for (change, undo) in [
        ("UPDATE audit SET actor = 'bob' WHERE id = 7", "UPDATE audit SET actor = 'ann' WHERE id = 7"),
        ("UPDATE audit SET at = at + 1 WHERE id = 7", "UPDATE audit SET at = at - 1 WHERE id = 7"),
        ("UPDATE audit SET id = 99 WHERE id = 7", "UPDATE audit SET id = 7 WHERE id = 99"),
    ] {
        raw(&store, change).await;
        let error = store.audit_verify().await.unwrap_err().to_string();
        assert!(error.contains("at entry 7"), "{change}: {error}");
        raw(&store, undo).await;
        assert_eq!(store.audit_verify().await.unwrap(), 20, "{undo}");
    }
}
