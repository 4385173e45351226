//! Migrates the database of an older program (commit b30c001, the first schema) to the current schema, also after a
//! kill at any step. That program generated the SQL beside this file.

use std::process::Command;

use palisade_store::{CheckState, Database, Store};
use sqlx::AssertSqlSafe;

use super::support::{Place, number, raw};

on_both! { an_older_database_is_brought_up_to_date a_killed_migration_leaves_all_or_nothing }

/// The child's URL of the database, and its data folder.
const CHILD: [&str; 2] = ["PALISADE_TEST_UPGRADE_URL", "PALISADE_TEST_UPGRADE_FOLDER"];

/// Writes the old database to the place where the store opens it.
async fn fill(place: &Place) {
    let options = &place.options;
    if place.is_sqlite() {
        std::fs::create_dir_all(&options.data_folder).unwrap();
        let file = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(options.data_folder.join("palisade.db"))
            .create_if_missing(true)
            .foreign_keys(false);
        let pool = sqlx::SqlitePool::connect_with(file).await.unwrap();
        let text = include_str!("upgrade/b30c001.sqlite.sql");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(&options.url).await.unwrap();
        let text = include_str!("upgrade/b30c001.postgres.sql");
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

/// Checks that all old rows exist, and that new columns have their initial values.
async fn is_whole(store: &Store) {
    store.check().await.unwrap();
    let integration = "SELECT count(*) FROM integration WHERE name = 'acme'";
    assert_eq!(number(store, integration).await, 1);
    for (sql, count) in [
        ("SELECT count(*) FROM pull WHERE reported_sha = '' AND reported_at = 0", 3),
        (
            "SELECT count(*) FROM check_run WHERE held_until = 0 AND publishing_until = 0 AND publisher = ''",
            2,
        ),
        ("SELECT count(*) FROM source WHERE repository_id = '' AND parameters = '{}'", 1),
        ("SELECT count(*) FROM check_run WHERE overwritten = '[]' AND overwritten_at = 0", 2),
        ("SELECT count(*) FROM hook", 0),
        ("SELECT count(*) FROM delivery WHERE state = 'waiting'", 1),
        ("SELECT count(*) FROM river_job", 6),
        ("SELECT count(*) FROM seaql_migrations", 4),
    ] {
        assert_eq!(number(store, sql).await, count, "{sql}");
    }
    let overdue = store.checks().overdue(i64::MAX).await.unwrap();
    assert_eq!(overdue.iter().map(|it| it.state).collect::<Vec<_>>(), [CheckState::Running]);
}

async fn an_older_database_is_brought_up_to_date(place: Place) {
    fill(&place).await;
    let store = place.open().await;
    is_whole(&store).await;
    if place.is_sqlite() {
        // The copy from before the migration, which only its owner can read.
        let copy = place.options.data_folder.join("palisade.db.before-0002_hosts");
        let mode = std::os::unix::fs::PermissionsExt::mode(&copy.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        let file = sqlx::sqlite::SqliteConnectOptions::new().filename(&copy).read_only(true);
        let pool = sqlx::SqlitePool::connect_with(file).await.unwrap();
        let sql = "SELECT count(*) FROM pragma_table_info('check_run') WHERE name = 'held_until'";
        let columns: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap();
        assert_eq!(columns, 0);
    }
    // A second start changes nothing.
    raw(&store, "UPDATE pull SET reported_sha = 'x' WHERE number = 1").await;
    store.close().await.unwrap();
    drop(store);
    let store = place.open_patiently().await;
    assert_eq!(number(&store, "SELECT count(*) FROM pull WHERE reported_sha = 'x'").await, 1);
}

/// Opens the database in a process that kills itself at the `step`-th durable place. Returns whether it was killed.
fn dies_at(place: &Place, step: u32) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "both::upgrade::child"])
        .env(CHILD[0], &place.options.url)
        .env(CHILD[1], &place.options.data_folder)
        .env("PALISADE_TEST_DIE_AT", step.to_string())
        .output()
        .unwrap()
        .status;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

async fn a_killed_migration_leaves_all_or_nothing(place: Place) {
    let (is_sqlite, mut place) = (place.is_sqlite(), Some(place));
    let mut deaths = 0;
    for step in 1.. {
        let here = match place.take() {
            Some(place) => place,
            None if is_sqlite => Place::sqlite(),
            None => Place::postgres().await.unwrap(),
        };
        fill(&here).await;
        if !dies_at(&here, step) {
            break;
        }
        deaths += 1;
        let store = here.open_patiently().await;
        is_whole(&store).await;
        if let Database::Postgres(pool) = store.database() {
            pool.close().await;
        }
    }
    println!("killed at {deaths} steps");
    assert!(deaths >= 10, "{deaths}");
}

/// Opens a database and ends, if another test starts it: it may be killed on the way.
#[tokio::test]
async fn child() {
    let [Ok(url), Ok(folder)] = CHILD.map(std::env::var) else { return };
    let mut place = Place::sqlite();
    place.options.url = url;
    place.options.data_folder = folder.into();
    place.options.key = palisade_store::KeySource::File(place.options.data_folder.join("key"));
    place.open().await.close().await.unwrap();
}
