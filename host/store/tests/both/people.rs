//! Users and tokens.

use palisade_store::{Role, StoreError, now_ms};
use secrecy::{ExposeSecret, SecretString};

use super::support::{Place, number};

on_both! { tokens_speak_for_users bootstrap_happens_once nonsense_costs_nothing }

async fn tokens_speak_for_users(place: Place) {
    let store = place.open().await;
    let people = store.people();
    let ann = people.create("ann", Role::Triager).await.unwrap();
    assert!(matches!(people.create("ann", Role::Viewer).await, Err(StoreError::Taken { .. })));
    let live =
        people.create_token(&ann.id, "ci", &["read".to_owned()], Some(now_ms() + 60_000)).await.unwrap();
    let over = people.create_token(&ann.id, "old", &[], Some(now_ms() - 1)).await.unwrap();
    let found = people.authenticate(&live.text).await.unwrap().unwrap();
    assert_eq!(
        (found.user.name.as_str(), found.user.role, found.token.scopes.text()),
        ("ann", Role::Triager, r#"["read"]"#)
    );
    assert!(people.authenticate(&over.text).await.unwrap().is_none());
    let kept =
        number(&store, &format!("SELECT COUNT(*) FROM token WHERE hash = '{}'", live.text.expose_secret()))
            .await;
    assert_eq!(kept, 0, "only the hash is kept");
    let used = people.tokens(&ann.id, &palisade_store::Page::default()).await.unwrap();
    assert_eq!(used.iter().map(|it| it.last_used_at.is_some()).collect::<Vec<_>>(), [true, false]);

    people.update(palisade_store::entity::user::Model { disabled: true, ..ann.clone() }).await.unwrap();
    assert!(people.authenticate(&live.text).await.unwrap().is_none());
    people.delete(&ann.id).await.unwrap();
    assert_eq!(number(&store, "SELECT COUNT(*) FROM token").await, 0);
    assert!(matches!(people.get(&ann.id).await, Err(StoreError::NotFound { .. })));
}

async fn bootstrap_happens_once(place: Place) {
    let store = place.open().await;
    let first = store.people().bootstrap("admin", &[]).await.unwrap().unwrap();
    assert_eq!(store.people().authenticate(&first.text).await.unwrap().unwrap().user.role, Role::Admin);
    assert!(store.people().bootstrap("admin", &[]).await.unwrap().is_none());
}

async fn nonsense_costs_nothing(place: Place) {
    let store = place.open().await;
    let before = store.statements();
    for text in [
        "",
        "pal_",
        "pal_zz",
        "ghp_0000",
        &format!("pal_{}", "A".repeat(64)),
        &format!("pal_{}", "0".repeat(65)),
    ] {
        assert!(store.people().authenticate(&SecretString::from(text)).await.unwrap().is_none(), "{text}");
    }
    assert_eq!(store.statements(), before);
    let unknown = SecretString::from(format!("pal_{}", "0".repeat(64)));
    assert!(store.people().authenticate(&unknown).await.unwrap().is_none());
    assert_eq!(store.statements(), before + 1);
}
