//! Places to open a store in, and test data.

use std::{path::PathBuf, time::Duration};

use palisade_store::{
    Database, IntegrationStatus, KeySource, Store, StoreOptions,
    repository::{integrations::NewIntegration, sources::SourceSettings},
    testing::Postgres,
};
use sqlx::AssertSqlSafe;
use tempfile::TempDir;

/// Runs each check on both databases.
macro_rules! on_both {
    ($($check:ident)*) => {$(
        mod $check {
            use crate::both::support::Place;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$check(Place::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(place) = Place::postgres().await {
                    super::$check(place).await;
                }
            }
        }
    )*};
}

/// A place in which a store can be opened repeatedly.
pub(crate) struct Place {
    /// Deleted with the place.
    _folder: TempDir,
    pub(crate) options: StoreOptions,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        Self::new("sqlite:".to_owned())
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let server = Postgres::start().unwrap()?;
        Some(Self::new(server.database().await.unwrap()))
    }

    fn new(url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data_folder: PathBuf = folder.path().join("data");
        let key = KeySource::File(data_folder.join("key"));
        Self { options: StoreOptions { url, data_folder, key, readers: 2 }, _folder: folder }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.options).await.unwrap()
    }

    /// Opens the store once the last task of the previous one has released the folder.
    pub(crate) async fn open_patiently(&self) -> Store {
        for _ in 0..100 {
            match Store::open(&self.options).await {
                Ok(store) => return store,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        self.open().await
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.options.url.starts_with("sqlite:")
    }
}

/// Executes SQL without the store.
pub(crate) async fn raw(store: &Store, sql: &str) -> u64 {
    raw_on(&store.database(), sql).await
}

/// Executes SQL on a pool.
pub(crate) async fn raw_on(database: &Database, sql: &str) -> u64 {
    match database {
        Database::Sqlite(pool) => {
            sqlx::query(AssertSqlSafe(sql)).execute(pool).await.unwrap().rows_affected()
        }
        Database::Postgres(pool) => {
            sqlx::query(AssertSqlSafe(sql)).execute(pool).await.unwrap().rows_affected()
        }
    }
}

/// A number that an SQL query returns.
pub(crate) async fn number(store: &Store, sql: &str) -> i64 {
    match store.database() {
        Database::Sqlite(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&pool).await.unwrap(),
        Database::Postgres(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&pool).await.unwrap(),
    }
}

/// The number of jobs of a kind in states given as SQL.
pub(crate) async fn jobs(store: &Store, kind: &str, states: &str) -> i64 {
    number(store, &format!("SELECT COUNT(*) FROM river_job WHERE kind = '{kind}' AND state IN ({states})"))
        .await
}

/// One connection, one integration, one source.
pub(crate) struct Scene {
    pub(crate) connection: String,
    pub(crate) integration: String,
    pub(crate) source: String,
}

pub(crate) fn settings(name: &str) -> SourceSettings {
    SourceSettings {
        name: name.to_owned(),
        repository: "acme/infra".to_owned(),
        folders: vec!["/".to_owned()],
        branch_pattern: "main".to_owned(),
        fail_on: "high".to_owned(),
        strict: false,
        allow_new_suppressions: false,
        every_hours: 24,
        paused: false,
        parameters: std::collections::BTreeMap::default(),
    }
}

pub(crate) async fn scene(store: &Store) -> Scene {
    let connection =
        store.connections().create("github", "hub", &serde_json::json!({"app_id": 7})).await.unwrap().id;
    let new = NewIntegration {
        connection_id: connection.clone(),
        name: "acme".to_owned(),
        account: "42".to_owned(),
        account_name: "acme".to_owned(),
        status: IntegrationStatus::Active,
    };
    let integration = store.integrations().create(new).await.unwrap().id;
    let source = store.sources().create(&integration, settings("infra")).await.unwrap().id;
    Scene { connection, integration, source }
}
