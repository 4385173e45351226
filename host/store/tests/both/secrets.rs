//! Secrets at rest.

use std::os::unix::fs::PermissionsExt;

use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use palisade_store::{Key, KeySource, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};

use super::support::{Place, number, raw};

const CANARY: &str = "canary-4d1f9a2b7c60";

on_both! { sealed_on_disk swapped_does_not_open rewrapped_with_another_key changed_key_is_named }

async fn get(store: &Store, name: &str) -> Option<String> {
    let secret = store.secret_get("connection", "c1", name).await.unwrap();
    secret.map(|secret| secret.expose_secret().to_owned())
}

async fn set(store: &Store, name: &str, text: &str) {
    store.secret_set("connection", "c1", name, &SecretString::from(text)).await.unwrap();
}

async fn sealed_on_disk(place: Place) {
    let store = place.open().await;
    set(&store, "private-key", "before").await;
    set(&store, "private-key", CANARY).await;
    assert_eq!(get(&store, "private-key").await.as_deref(), Some(CANARY));
    assert_eq!(get(&store, "webhook-secret").await, None);

    // Both databases can look for bytes in a blob.
    let hex = if place.is_sqlite() { "hex(sealed)" } else { "encode(sealed, 'hex')" };
    let wanted = HEXLOWER.encode(CANARY.as_bytes());
    let sql = format!("SELECT COUNT(*) FROM secret WHERE lower({hex}) LIKE '%{wanted}%'");
    assert_eq!(number(&store, &sql).await, 0);

    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(&place.options.data_folder).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    if place.is_sqlite() {
        assert!(place.options.data_folder.join("palisade.db-wal").exists(), "the log is looked at too");
        let row = b"connectionc1private-key";
        assert!(
            bytes.windows(row.len()).any(|it| it == row),
            "the row itself is found, so the secret would be"
        );
    }
    let base64: Vec<String> =
        (0..3).map(|shift| STANDARD.encode(&CANARY[shift..])[..12].to_owned()).collect();
    for canary in base64.iter().map(String::as_str).chain([CANARY]) {
        assert!(!bytes.windows(canary.len()).any(|it| it == canary.as_bytes()), "{canary} is on the disk");
    }
    assert!(store.secret_delete("connection", "c1", "private-key").await.unwrap());
    assert!(!store.secret_delete("connection", "c1", "private-key").await.unwrap());
}

async fn swapped_does_not_open(place: Place) {
    let store = place.open().await;
    set(&store, "webhook-secret", "one").await;
    store.secret_set("connection", "c2", "webhook-secret", &SecretString::from("two")).await.unwrap();
    raw(
        &store,
        "UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE owner_id = 'c2') WHERE owner_id = 'c1'",
    )
    .await;
    let error = store.secret_get("connection", "c1", "webhook-secret").await.unwrap_err();
    assert!(matches!(error, StoreError::Sealed(_)), "{error}");
    assert!(store.secret_get("connection", "c2", "webhook-secret").await.unwrap().is_some());
}

async fn rewrapped_with_another_key(mut place: Place) {
    let store = place.open().await;
    set(&store, "private-key", "one").await;
    set(&store, "webhook-secret", "two").await;
    let key = Key::generate().unwrap();
    assert_eq!(store.rewrap(&key).await.unwrap(), 2);
    assert_eq!(get(&store, "private-key").await.as_deref(), Some("one"));
    set(&store, "webhook-secret", "three").await;
    store.close().await.unwrap();
    drop(store);

    place.options.key = KeySource::Value(key.to_text());
    let store = place.open().await;
    assert_eq!(get(&store, "private-key").await.as_deref(), Some("one"), "the new key alone opens");
    assert_eq!(get(&store, "webhook-secret").await.as_deref(), Some("three"));
}

async fn changed_key_is_named(mut place: Place) {
    let store = place.open().await;
    set(&store, "private-key", "one").await;
    store.close().await.unwrap();
    drop(store);
    place.options.key = KeySource::Value(Key::generate().unwrap().to_text());
    let store = place.open().await;
    let error = store.secret_get("connection", "c1", "private-key").await.unwrap_err().to_string();
    assert!(error.contains("not among the keys"), "{error}");
}

#[tokio::test]
async fn key_file_of_others_is_refused() {
    let place = Place::sqlite();
    place.open().await.close().await.unwrap();
    let KeySource::File(path) = &place.options.key else { unreachable!() };
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = palisade_store::Store::open(&place.options).await.unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }
}

#[test]
fn keys_do_not_print() {
    let key = Key::generate().unwrap();
    let text = key.to_text();
    assert!(!format!("{key:?}").contains(text.expose_secret()));
    assert_eq!(Key::parse(&text).unwrap().id(), key.id());
    for bad in ["", "AAAA", "not base64!"] {
        assert!(matches!(Key::parse(&SecretString::from(bad)), Err(StoreError::Sealed(_))), "{bad}");
    }
}
