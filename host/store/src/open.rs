//! Opens the database: pools, the lock of the folder, migrations, and the permissions of files.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use riverqueue::Client;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use sqlx::{
    ConnectOptions,
    postgres::{PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::RwLock;

use crate::{
    Database, KeySource, Store, StoreError, StoreOptions,
    address::{postgres_server, sqlite_file},
    counter::Counter,
    folder::Folder,
    migration, private_file,
    seal::Ring,
    shared::Shared,
};

/// The timeout of a caller for a connection, and of a writer for the lock of the file.
const PATIENCE: Duration = Duration::from_secs(5);
/// The advisory lock for migrations: any constant that no other program uses.
const MIGRATION_LOCK: i64 = 0x7061_6c69_7361_6465;

impl Store {
    /// Opens the database, creates it if necessary, and migrates it to this program's schema.
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let folder = Folder::own(&options.data_folder)?;
        let ring = Ring::read(&options.key)?;
        let (database, readers) = match sqlite_file(options)? {
            Some(path) => {
                make_private(&path)?;
                sqlite(options, path).await?
            }
            None => postgres(options).await?,
        };
        let counter = Counter::default();
        let write = counted(&database, &counter);
        let read = readers.map_or_else(|| write.clone(), |pool| counted(&Database::Sqlite(pool), &counter));
        migrate(&write, &database).await?;
        let ring = keys(&write, &options.key, ring).await?;
        let client = client(&database)?;
        let shared =
            Shared { database, write, read, client, counter, ring: RwLock::new(ring), folder: Some(folder) };
        let store = Self { shared: Arc::new(shared) };
        store.name_instance().await?;
        Ok(store)
    }
}

impl Store {
    /// Opens an existing database from another process than the owner of its folder, which sees all changes. Nothing is
    /// migrated, and secrets cannot be read or written. `None` means that the database does not exist yet.
    pub async fn beside(options: &StoreOptions) -> Result<Option<Self>, StoreError> {
        let (database, readers) = match sqlite_file(options)? {
            Some(path) if !path.exists() => return Ok(None),
            Some(path) => sqlite(options, path).await?,
            None => postgres(options).await?,
        };
        let counter = Counter::default();
        let write = counted(&database, &counter);
        let read = readers.map_or_else(|| write.clone(), |pool| counted(&Database::Sqlite(pool), &counter));
        let client = client(&database)?;
        let (ring, folder) = (RwLock::new(Ring::default()), None);
        let store =
            Self { shared: Arc::new(Shared { database, write, read, client, counter, ring, folder }) };
        if store.is_empty().await? {
            store.close().await?;
            return Ok(None);
        }
        Ok(Some(store))
    }

    /// Whether no migration has run yet.
    async fn is_empty(&self) -> Result<bool, StoreError> {
        let sql = match self.shared.database {
            Database::Sqlite(_) => "SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'meta'",
            Database::Postgres(_) => {
                "SELECT count(*) AS tables FROM information_schema.tables WHERE table_name = 'meta'"
            }
        };
        let statement = sea_orm::Statement::from_string(self.read().get_database_backend(), sql.to_owned());
        let row = self.read().query_one_raw(statement).await?;
        let tables: Option<i64> = row.map(|row| row.try_get("", "tables")).transpose()?;
        Ok(tables.unwrap_or_default() == 0)
    }
}

/// The number of secrets that each key has sealed.
pub(crate) async fn sealed(connection: &DatabaseConnection) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT key_id, count(*) AS secrets FROM secret GROUP BY key_id ORDER BY key_id";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql.to_owned());
    let rows = connection.query_all_raw(statement).await?;
    let read = |row: sea_orm::QueryResult| Ok((row.try_get("", "key_id")?, row.try_get("", "secrets")?));
    rows.into_iter().map(read).collect()
}

/// Returns the existing keys, or creates one if nothing is sealed yet. With a new key in addition to sealed secrets,
/// each use of a secret would fail separately.
async fn keys(
    connection: &DatabaseConnection,
    source: &KeySource,
    ring: Option<Ring>,
) -> Result<Ring, StoreError> {
    let sealed = sealed(connection).await?;
    let Some(ring) = ring else {
        let KeySource::File(path) = source else {
            return Err(StoreError::Sealed("the key is missing".to_owned()));
        };
        let Some((id, _)) = sealed.first() else { return Ring::create(path) };
        let count: i64 = sealed.iter().map(|(_, count)| count).sum();
        let secrets = if count == 1 { "1 secret".to_owned() } else { format!("{count} secrets") };
        return Err(StoreError::Sealed(format!(
            "key file {} not found, and the database has {secrets} encrypted with key {id}: put the file back, or name \
             where it is with `key-file`",
            path.display()
        )));
    };
    for (id, secrets) in sealed.iter().filter(|(id, _)| !ring.has(id)) {
        tracing::error!(key = %id, secrets, "secrets are encrypted with a key that is not in the key file: add it");
    }
    Ok(ring)
}

fn client(database: &Database) -> Result<Client, StoreError> {
    let builder = match database.clone() {
        Database::Sqlite(pool) => Client::builder(pool),
        Database::Postgres(pool) => Client::builder(pool),
    };
    Ok(builder.build()?)
}

fn counted(database: &Database, counter: &Counter) -> DatabaseConnection {
    let mut connection: DatabaseConnection = match database.clone() {
        Database::Sqlite(pool) => pool.into(),
        Database::Postgres(pool) => pool.into(),
    };
    let counter = counter.clone();
    connection.set_metric_callback(move |_| counter.add());
    connection
}

/// The suffixes of an embedded database's files. SQLite creates them with the mode of the first one.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Creates the file before SQLite does, so that only its owner can ever read it, and removes the permissions of others
/// from existing files.
fn make_private(path: &Path) -> Result<(), StoreError> {
    match private_file::reserve(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            let path = path.display();
            return Err(StoreError::Unavailable(format!("database file {path} cannot be created: {error}")));
        }
        _ => {}
    }
    for ending in FILES {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        let (file, path) = (PathBuf::from(&name), Path::new(&name).display());
        match private_file::tighten(&file) {
            Ok(false) => {}
            Ok(true) => {
                tracing::info!(%path, "the file was accessible to other users; now only its owner can");
            }
            Err(error) => {
                tracing::warn!(%path, %error, "other users can access the file: run `chmod go-rwx {path}`");
            }
        }
    }
    Ok(())
}

async fn sqlite(options: &StoreOptions, path: PathBuf) -> Result<(Database, Option<SqlitePool>), StoreError> {
    let file = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE);
    // One connection writes: writers wait for it in memory, in order, and not for the lock of the file.
    let writer = pool(1).connect_with(file.clone()).await?;
    let readers = pool(options.readers.max(1)).connect_lazy_with(file.pragma("query_only", "on"));
    Ok((Database::Sqlite(writer), Some(readers)))
}

async fn postgres(options: &StoreOptions) -> Result<(Database, Option<SqlitePool>), StoreError> {
    let server = postgres_server(options)?;
    let pool = PgPoolOptions::new()
        .max_connections(options.readers.max(1) + 4)
        .acquire_timeout(PATIENCE)
        .connect_with(server.disable_statement_logging())
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok((Database::Postgres(pool), None))
}

async fn migrate(write: &DatabaseConnection, database: &Database) -> Result<(), StoreError> {
    match database {
        // The lock of the folder is held.
        Database::Sqlite(_) => {
            migration::run(write, database).await?;
            write.execute_unprepared("PRAGMA optimize").await?;
            Ok(())
        }
        Database::Postgres(pool) => migrate_alone(write, database, pool).await,
    }
}

/// Closing the connection releases its lock, also if the migrations fail.
async fn migrate_alone(
    write: &DatabaseConnection,
    database: &Database,
    pool: &PgPool,
) -> Result<(), StoreError> {
    let mut guard = pool.acquire().await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK).execute(&mut *guard).await?;
    let outcome = migration::run(write, database).await;
    guard.close().await?;
    outcome
}
