//! The migrations of our tables and of River's, run at start.

use riverqueue::migrate::{PostgresMigrator, SqliteMigrator};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use crate::{Database, StoreError};

/// All migrations, oldest first.
struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Script { name: "0001_initial", sql: include_str!("../migrations/0001_initial.sql") })]
    }
}

/// A migration in SQL that both databases read.
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
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let blob = match manager.get_database_backend() {
            DbBackend::Postgres => "BYTEA",
            _ => "BLOB",
        };
        manager.get_connection().execute_unprepared(&self.sql.replace("{blob}", blob)).await?;
        Ok(())
    }
}

/// Brings the database to this program's schema. The caller sees to it that nobody else does so at that time.
pub(crate) async fn run(connection: &DatabaseConnection, database: &Database) -> Result<(), StoreError> {
    refuse_newer(connection, database).await?;
    Migrator::up(connection, None).await?;
    match database {
        Database::Sqlite(pool) => SqliteMigrator::new(pool.clone()).migrate_up().await.map(drop),
        Database::Postgres(pool) => PostgresMigrator::new(pool.clone()).migrate_up().await.map(drop),
    }
    .map_err(|error| StoreError::Other(format!("migrations of the jobs: {error}")))
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
