//! Opening, reopening, newer databases, and backups.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use palisade_store::{Role, Store, StoreError};

use super::support::{Place, raw, raw_on, scene};

on_both! {
    opens_again newer_is_refused backup_is_equal folder_has_one_owner files_are_private beside_changes_are_seen
}

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
        // Its folder is released, but its pool still works.
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

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open_to_others(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The files of the database in the folder, and their modes.
fn files(place: &Place) -> Vec<(PathBuf, u32)> {
    let all = fs::read_dir(&place.options.data_folder).unwrap().map(|it| it.unwrap().path());
    all.filter(|it| it.is_file()).map(|it| (it.clone(), mode(&it))).collect()
}

async fn files_are_private(place: Place) {
    // With the usual umask, which lets everyone read new files.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let folder = &place.options.data_folder;
    fs::create_dir_all(folder).unwrap();
    open_to_others(folder, 0o755);
    let store = place.open().await;
    let scene = scene(&store).await;
    assert_eq!(mode(folder), 0o700, "a folder that existed");
    for (path, mode) in files(&place) {
        assert_eq!(mode, 0o600, "{}", path.display());
    }
    if place.is_sqlite() {
        let names: Vec<PathBuf> = files(&place).into_iter().map(|(path, _)| path).collect();
        for ending in ["palisade.db", "palisade.db-wal", "palisade.db-shm"] {
            assert!(names.contains(&folder.join(ending)), "{ending}: {names:?}");
        }
        let copies = tempfile::tempdir().unwrap();
        let [one, two] = ["one.db", "two.db"].map(|name| copies.path().join(name));
        store.backup(&one).await.unwrap();
        Store::copy(&place.options, &two).await.unwrap();
        for copy in [&one, &two] {
            assert_eq!(mode(copy), 0o600);
            assert!(fs::metadata(copy).unwrap().len() > 10_000);
        }
        // An existing file is never overwritten.
        let error = store.backup(&one).await.unwrap_err().to_string();
        assert!(error.contains("one.db cannot be created"), "{error}");
        assert!(store.backup(&copies.path().join("none/three.db")).await.is_err());
    }
    store.close().await.unwrap();
    drop(store);
    // Permissions of others, which an older version has left, are removed.
    for (path, _) in files(&place).iter().filter(|(path, _)| !path.ends_with("key")) {
        open_to_others(path, 0o644);
    }
    open_to_others(folder, 0o750);
    let store = place.open().await;
    assert!(store.sources().get(&scene.source).await.is_ok());
    assert_eq!(mode(folder), 0o700);
    if place.is_sqlite() {
        assert_eq!(mode(&folder.join("palisade.db")), 0o600);
    }
    drop(store);
    // A folder with other files may be used by others too.
    fs::write(folder.join("somebody's notes"), "").unwrap();
    open_to_others(folder, 0o755);
    place.open_patiently().await;
    assert_eq!(mode(folder), 0o755);
}

async fn beside_changes_are_seen(place: Place) {
    assert!(Store::beside(&place.options).await.unwrap().is_none(), "there is no database yet");
    let store = place.open().await;
    let beside = Store::beside(&place.options).await.unwrap().unwrap();
    let ann = beside.people().create("ann", Role::Viewer).await.unwrap();
    assert_eq!(store.people().by_name("ann").await.unwrap(), Some(ann));
    // It cannot access secrets.
    let secret = secrecy::SecretString::from("hush");
    store.secret_set("connection", "c", "key", &secret).await.unwrap();
    assert!(matches!(beside.secret_get("connection", "c", "key").await, Err(StoreError::Sealed(_))));
    assert!(matches!(beside.secret_set("connection", "c", "key", &secret).await, Err(StoreError::Sealed(_))));
    beside.close().await.unwrap();
    store.people().create("bob", Role::Viewer).await.unwrap();
    store.check().await.unwrap();
}
