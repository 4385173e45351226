//! The migrations of our tables and of River's, which are run at the start.

use std::path::PathBuf;

use riverqueue::migrate::{PostgresMigrator, SqliteMigrator};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};
use sqlx::{ConnectOptions as _, SqlitePool};

use crate::{Database, StoreError, cut, store::vacuum_into};

/// All migrations, oldest first.
struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let script = |name, sql| -> Box<dyn MigrationTrait> { Box::new(Script { name, sql }) };
        vec![
            script("0001_initial", include_str!("../migrations/0001_initial.sql")),
            script("0002_hosts", include_str!("../migrations/0002_hosts.sql")),
            script("0003_parameters_and_fixes", include_str!("../migrations/0003_parameters_and_fixes.sql")),
            script("0004_hooks", include_str!("../migrations/0004_hooks.sql")),
        ]
    }
}

/// A migration in SQL that both databases accept.
struct Script {
    name: &'static str,
    sql: &'static str,
}

impl MigrationName for Script {
    fn name(&self) -> &str {
        self.name
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Script {
    /// The script and the record of its execution are in one transaction: a crash leaves both or neither. Both
    /// databases can roll back changes of a schema (<https://www.sqlite.org/lang_transaction.html>).
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let blob = match manager.get_database_backend() {
            DbBackend::Postgres => "BYTEA",
            _ => "BLOB",
        };
        let failed = |error: StoreError| DbErr::Custom(error.to_string());
        for statement in self.sql.replace("{blob}", blob).split(";\n") {
            cut::before().map_err(failed)?;
            manager.get_connection().execute_unprepared(statement).await?;
        }
        cut::after().map_err(failed)
    }
}

/// Migrates the database to this program's schema. The caller ensures that no other process does so at the same time.
pub(crate) async fn run(connection: &DatabaseConnection, database: &Database) -> Result<(), StoreError> {
    refuse_newer(connection, database).await?;
    let applied = Migrator::get_applied_migrations(connection).await?;
    let pending = Migrator::get_pending_migrations(connection).await?;
    if let (Database::Sqlite(pool), Some(next), false) = (database, pending.first(), applied.is_empty()) {
        cut::before()?;
        copy_before(pool, next.name()).await?;
        cut::after()?;
    }
    Migrator::up(connection, None).await?;
    cut::after()?;
    match database {
        Database::Sqlite(pool) => SqliteMigrator::new(pool.clone()).migrate_up().await.map(drop),
        Database::Postgres(pool) => PostgresMigrator::new(pool.clone()).migrate_up().await.map(drop),
    }
    .map_err(|error| StoreError::Other(format!("migrations of the jobs: {error}")))
}

/// Copies an embedded database to a file beside it before a migration, so that the previous program can be restored.
async fn copy_before(pool: &SqlitePool, migration: &str) -> Result<(), StoreError> {
    let options = pool.connect_options();
    let mut name = options.get_filename().as_os_str().to_owned();
    name.push(format!(".before-{migration}"));
    let copy = PathBuf::from(name);
    // A copy of a crashed process is replaced: the database has not changed since.
    if let Err(error) = std::fs::remove_file(&copy)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        let shown = copy.display();
        return Err(StoreError::Other(format!("`{shown}` cannot be replaced: remove it by hand: {error}")));
    }
    vacuum_into(options.connect().await?, &copy).await
}

async fn refuse_newer(connection: &DatabaseConnection, database: &Database) -> Result<(), StoreError> {
    Migrator::install(connection).await?;
    let statement = Statement::from_string(
        connection.get_database_backend(),
        "SELECT version FROM seaql_migrations".to_owned(),
    );
    let known: Vec<String> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
    for row in connection.query_all_raw(statement).await? {
        let version: String = row.try_get("", "version")?;
        if !known.contains(&version) {
            return Err(newer(&version));
        }
    }
    let (applied, bundled) = match database {
        Database::Sqlite(pool) => {
            (SqliteMigrator::new(pool.clone()).existing_versions().await, SqliteMigrator::all_versions())
        }
        Database::Postgres(pool) => {
            (PostgresMigrator::new(pool.clone()).existing_versions().await, PostgresMigrator::all_versions())
        }
    };
    let applied = applied.map_err(StoreError::other)?;
    match applied.iter().find(|version| !bundled.iter().any(|it| it.version == **version)) {
        Some(version) => Err(newer(&format!("river {version}"))),
        None => Ok(()),
    }
}

fn newer(version: &str) -> StoreError {
    StoreError::Other(format!(
        "database has migration {version}, which this program does not know: it was used by a newer Palisade; \
         run that one, or restore the backup from before"
    ))
}
