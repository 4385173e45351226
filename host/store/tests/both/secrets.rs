//! Sealed secrets.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER;
use palisade_store::{Key, KeySource, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};

use super::support::{Place, number, raw};

const CANARY: &str = "canary-4d1f9a2b7c60";

on_both! {
    sealed_on_disk swapped_does_not_open rewrapped_with_another_key changed_key_is_named
    a_lost_key_is_no_new_one a_rotation_is_cut_off_anywhere running_hosts_are_refused
}

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

    // Both databases can search for bytes in a blob.
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
    assert!(error.contains("which is not in the key file"), "{error}");
}

/// Keys from the environment: the first one seals again what the others have sealed.
#[tokio::test]
async fn resealed_with_the_first_key() {
    let mut place = Place::sqlite();
    let [old, new] = [Key::generate().unwrap(), Key::generate().unwrap()].map(|key| key.to_text());
    let [old, new] = [old.expose_secret(), new.expose_secret()];
    for (keys, resealed) in [(old.to_owned(), 0), (format!("{new}\n{old}"), 1), (new.to_owned(), 0)] {
        place.options.key = KeySource::Value(keys.into());
        let store = place.open_patiently().await;
        if get(&store, "private-key").await.is_none() {
            set(&store, "private-key", "one").await;
        }
        assert_eq!(store.reseal().await.unwrap(), resealed);
        assert_eq!(get(&store, "private-key").await.as_deref(), Some("one"));
        store.close().await.unwrap();
    }
}

/// The path of the key file, and its lines.
fn key_file(place: &Place) -> (PathBuf, Vec<String>) {
    let KeySource::File(path) = &place.options.key else { unreachable!() };
    let lines = std::fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect();
    (path.clone(), lines)
}

/// If the key is lost, no new one is created while there are sealed secrets.
async fn a_lost_key_is_no_new_one(place: Place) {
    let (path, _) = key_file(&place);
    let store = place.open().await;
    set(&store, "private-key", "one").await;
    set(&store, "webhook-secret", "two").await;
    store.close().await.unwrap();
    drop(store);
    let text = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = Store::open(&place.options).await.unwrap_err().to_string();
    let id =
        Key::parse(&SecretString::from(String::from_utf8(text.clone()).unwrap())).unwrap().id().to_owned();
    for part in [path.to_str().unwrap(), "not found", "2 secrets", &id, "`key-file`"] {
        assert!(error.contains(part), "`{part}` is missing: {error}");
    }
    assert!(!path.exists(), "no key was made");
    palisade_store::private_file::create(&path, &text).unwrap();
    let store = place.open_patiently().await;
    assert_eq!(get(&store, "private-key").await.as_deref(), Some("one"));
    // If nothing is sealed any more, a new key is allowed.
    for name in ["private-key", "webhook-secret"] {
        store.secret_delete("connection", "c1", name).await.unwrap();
    }
    store.close().await.unwrap();
    drop(store);
    std::fs::remove_file(&path).unwrap();
    place.open_patiently().await;
    assert!(path.exists());
}

/// After an interruption at any point, the keys on the disk open all secrets, and the next rotation completes it.
async fn a_rotation_is_cut_off_anywhere(place: Place) {
    let store = place.open().await;
    for (name, text) in [("private-key", "one"), ("webhook-secret", "two")] {
        set(&store, name, text).await;
    }
    store.close().await.unwrap();
    drop(store);
    let (path, first) = key_file(&place);
    let mut known = vec![first.concat()];
    for cut in 1.. {
        let store = place.open_patiently().await;
        palisade_store::testing::cut::fail_at(cut);
        let outcome = store.rotate_key(&path, false).await;
        let failed = palisade_store::testing::cut::has_failed();
        palisade_store::testing::cut::fail_at(u64::MAX);
        assert_eq!(outcome.is_err(), failed, "cut off at {cut}: {outcome:?}");
        // As after a crash: nothing remains in memory.
        store.close().await.unwrap();
        drop(store);
        let store = place.open_patiently().await;
        let all = [get(&store, "private-key").await, get(&store, "webhook-secret").await];
        assert_eq!(all, [Some("one".to_owned()), Some("two".to_owned())], "cut off at {cut}");
        let ended = store.rotate_key(&path, false).await.unwrap();
        assert_eq!(ended.secrets, 2);
        let (_, lines) = key_file(&place);
        assert_eq!(lines.len(), 1, "cut off at {cut}: one key is left");
        assert!(!known.contains(&lines[0]), "it is another one each time");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        known.extend(lines);
        assert_eq!(get(&store, "private-key").await.as_deref(), Some("one"));
        store.close().await.unwrap();
        drop(store);
        if !failed {
            println!("cut off at {} places", cut - 1);
            assert!(cut > 6, "only {cut} places");
            break;
        }
    }
    // Previous keys that are kept open what they have sealed, such as a backup, but do not seal.
    let store = place.open_patiently().await;
    let kept = store.rotate_key(&path, true).await.unwrap();
    assert_eq!((kept.resumed, kept.removed), (false, 0));
    let (_, lines) = key_file(&place);
    assert_eq!(lines.len(), 2);
    let again = store.rotate_key(&path, false).await.unwrap();
    assert_eq!((again.resumed, again.removed), (false, 2));
    assert_eq!(get(&store, "webhook-secret").await.as_deref(), Some("two"));
    assert_eq!(store.reseal().await.unwrap(), 0);
}

/// A running host would not know the new key.
async fn running_hosts_are_refused(place: Place) {
    let store = place.open().await;
    let (path, before) = key_file(&place);
    store.beat("another").await.unwrap();
    let outcome = store.rotate_key(&path, false).await;
    if place.is_sqlite() {
        outcome.unwrap();
        return;
    }
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("stop `palisade serve` on every host"), "{error}");
    assert_eq!(key_file(&place).1, before);
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
