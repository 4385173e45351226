//! Opening, opening again, newer databases, and backups.

use palisade_store::{Store, StoreError};

use super::support::{Place, raw, raw_on, scene};

on_both! { opens_again newer_is_refused backup_is_equal folder_has_one_owner }

async fn opens_again(place: Place) {
    let store = place.open().await;
    let instance = store.instance().await.unwrap();
    let scene = scene(&store).await;
    store.check().await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let store = place.open().await;
    assert_eq!(store.instance().await.unwrap(), instance);
    assert_eq!(store.connections().get(&scene.connection).await.unwrap().name, "hub");
}

async fn newer_is_refused(place: Place) {
    for (newer, undo) in [
        (
            "INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_future', 0)",
            "DELETE FROM seaql_migrations WHERE version = '9999_future'",
        ),
        (
            "INSERT INTO river_migration (line, version) VALUES ('main', 999)",
            "DELETE FROM river_migration WHERE version = 999",
        ),
    ] {
        let store = place.open().await;
        raw(&store, newer).await;
        // Its folder is let go, its pool still works.
        let database = store.database();
        drop(store);
        let error = Store::open(&place.options).await.unwrap_err().to_string();
        assert!(error.contains("newer Palisade"), "{error}");
        raw_on(&database, undo).await;
    }
    place.open().await;
}

async fn backup_is_equal(place: Place) {
    let store = place.open().await;
    let scene = scene(&store).await;
    let copy = Place::sqlite();
    std::fs::create_dir_all(&copy.options.data_folder).unwrap();
    let outcome = store.backup(&copy.options.data_folder.join("palisade.db")).await;
    if !place.is_sqlite() {
        assert!(outcome.unwrap_err().to_string().contains("pg_dump"));
        return;
    }
    outcome.unwrap();
    let copied = copy.open().await;
    copied.check().await.unwrap();
    assert_eq!(copied.instance().await.unwrap(), store.instance().await.unwrap());
    assert_eq!(
        copied.sources().get(&scene.source).await.unwrap(),
        store.sources().get(&scene.source).await.unwrap()
    );
}

async fn folder_has_one_owner(place: Place) {
    let store = place.open().await;
    let error = Store::open(&place.options).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unavailable(why) if why.contains("in use")), "{error}");
    drop(store);
}
