//! The handle of the database.

use std::{path::Path, sync::Arc, time::Duration};

use riverqueue::Client;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, PrimaryKeyTrait,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::{
    Database, StoreError, StoreOptions, address, cut, entity::meta, new_id, private_file, shared::Shared,
    transaction::Tx,
};

/// The key of the number of changes of secrets and connections.
const CREDENTIALS: &str = "credentials";

/// The service's database. Clones are cheap and share the pools.
#[derive(Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// The pool for a [`riverqueue::Client`].
    pub fn database(&self) -> Database {
        self.shared.database.clone()
    }

    /// A client that only inserts jobs.
    pub fn jobs(&self) -> &Client {
        &self.shared.client
    }

    /// The number of SQL statements that this store has executed: those of the repositories, and one for each job
    /// inserted with them. River's own polling is not counted.
    pub fn statements(&self) -> u64 {
        self.shared.counter.get()
    }

    /// The identity of this installation, which is created with the database.
    pub async fn instance(&self) -> Result<String, StoreError> {
        let row = meta::Entity::find_by_id("instance").one(self.read()).await?;
        row.map(|row| row.value).ok_or_else(|| StoreError::not_found("meta", "instance"))
    }

    /// The number of changes of secrets or connections by all hosts: the version of those in memory.
    pub async fn credentials_version(&self) -> Result<i64, StoreError> {
        let row = meta::Entity::find_by_id(CREDENTIALS).one(self.read()).await?;
        Ok(row.and_then(|row| row.value.parse().ok()).unwrap_or_default())
    }

    /// Records a change of secrets or connections: other hosts read them again.
    pub async fn credentials_changed(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.execute(
            "INSERT INTO meta (key, value) VALUES ($1, '1') \
             ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
            vec![CREDENTIALS.into()],
        )
        .await?;
        tx.commit().await
    }

    /// Checks the integrity of the database.
    pub async fn check(&self) -> Result<(), StoreError> {
        let ask = match self.shared.database {
            Database::Sqlite(_) => "PRAGMA quick_check(1)",
            Database::Postgres(_) => "SELECT 'ok' AS quick_check",
        };
        let statement = sea_orm::Statement::from_string(self.read().get_database_backend(), ask.to_owned());
        let row = self.read().query_one_raw(statement).await?;
        let answer: Option<String> = row.map(|row| row.try_get("", "quick_check")).transpose()?;
        match answer.as_deref() {
            Some("ok") => Ok(()),
            answer => Err(StoreError::Other(format!(
                "database is damaged, restore a backup: {}",
                answer.unwrap_or("no answer")
            ))),
        }
    }

    /// Copies the database to a file that does not exist yet, while it is in use.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let Database::Sqlite(pool) = &self.shared.database else {
            return Err(StoreError::Other("backup of PostgreSQL is not supported, use `pg_dump`".to_owned()));
        };
        // A separate connection: a long copy only reads, and must not block the writer.
        let connection = pool.connect_options().connect().await?;
        self.shared.counter.add();
        vacuum_into(connection, path).await
    }

    /// Copies an embedded database to a file that does not exist yet, from another process than the owner of its
    /// folder: it only reads.
    pub async fn copy(options: &StoreOptions, to: &Path) -> Result<(), StoreError> {
        let Some(path) = address::sqlite_file(options)? else {
            return Err(StoreError::Other("backup of PostgreSQL is not supported, use `pg_dump`".to_owned()));
        };
        let file =
            sqlx::sqlite::SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(30));
        let connection = sqlx::SqliteConnection::connect_with(&file).await?;
        vacuum_into(connection, to).await
    }

    /// Checks the integrity of a database from another process than the owner of its folder: it only reads, and creates
    /// nothing. `false` means that the database does not exist yet.
    pub async fn probe(options: &StoreOptions) -> Result<bool, StoreError> {
        const TABLES: &str = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'meta'";
        if let Some(path) = address::sqlite_file(options)? {
            if !path.exists() {
                return Ok(false);
            }
            let file = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
            let mut connection = sqlx::SqliteConnection::connect_with(&file).await?;
            let result: String =
                sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
            connection.close().await?;
            return if result == "ok" {
                Ok(true)
            } else {
                Err(StoreError::Other(format!("database is damaged, restore a backup: {result}")))
            };
        }
        let mut connection = address::postgres_server(options)?.connect().await?;
        let tables: i64 = sqlx::query_scalar(TABLES).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(tables > 0)
    }

    /// Writes the write-ahead log to the file, and closes all connections.
    pub async fn close(&self) -> Result<(), StoreError> {
        if matches!(self.shared.database, Database::Sqlite(_)) {
            self.shared.read.close_by_ref().await?;
            if self.shared.folder.is_some() {
                self.shared.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
            }
        }
        self.shared.write.close_by_ref().await?;
        Ok(())
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.shared.read
    }

    pub(crate) fn write(&self) -> &DatabaseConnection {
        &self.shared.write
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Tx::begin(&self.shared.database, &self.shared.counter).await
    }

    pub(crate) async fn name_instance(&self) -> Result<(), StoreError> {
        cut::before()?;
        let row = meta::Model { key: "instance".to_owned(), value: new_id() };
        // A conflict means that another process was first.
        meta::Entity::insert(row.into_active_model().reset_all())
            .on_conflict_do_nothing_on([meta::Column::Key])
            .exec_without_returning(self.write())
            .await?;
        cut::after()
    }

    /// Returns the row with this id.
    pub(crate) async fn find<E>(&self, what: &'static str, id: &str) -> Result<E::Model, StoreError>
    where
        E: EntityTrait,
        <E::PrimaryKey as PrimaryKeyTrait>::ValueType: From<String>,
    {
        let row = E::find_by_id(id.to_owned()).one(self.read()).await?;
        row.ok_or_else(|| StoreError::not_found(what, id))
    }

    /// Inserts a row.
    pub(crate) async fn insert<M, A>(&self, what: &'static str, name: &str, row: M) -> Result<M, StoreError>
    where
        M: Clone + IntoActiveModel<A>,
        A: ActiveModelTrait,
    {
        cut::before()?;
        A::Entity::insert(row.clone().into_active_model().reset_all())
            .exec_without_returning(self.write())
            .await
            .map_err(|error| StoreError::taken(error, what, name))?;
        cut::after()?;
        Ok(row)
    }

    /// Updates a row by its id.
    pub(crate) async fn update<M, A>(
        &self,
        what: &'static str,
        id: &str,
        name: &str,
        row: M,
    ) -> Result<(), StoreError>
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        cut::before()?;
        match row.into_active_model().reset_all().update(self.write()).await {
            Ok(_) => cut::after(),
            Err(sea_orm::DbErr::RecordNotUpdated) => Err(StoreError::not_found(what, id)),
            Err(error) => Err(StoreError::taken(error, what, name)),
        }
    }

    /// Deletes the row with this id, and the rows that belong to it.
    pub(crate) async fn delete<E>(&self, what: &'static str, id: &str) -> Result<(), StoreError>
    where
        E: EntityTrait,
        <E::PrimaryKey as PrimaryKeyTrait>::ValueType: From<String>,
    {
        cut::before()?;
        let gone = E::delete_by_id(id.to_owned()).exec(self.write()).await?;
        cut::after()?;
        if gone.rows_affected == 0 { Err(StoreError::not_found(what, id)) } else { Ok(()) }
    }
}

/// Copies a database to a file that does not exist yet and that only its owner can read; a failure leaves no file.
pub(crate) async fn vacuum_into(mut connection: SqliteConnection, to: &Path) -> Result<(), StoreError> {
    let shown = to.display();
    let text = to.to_str().ok_or_else(|| StoreError::Other(format!("backup {shown}: path is not UTF-8")))?;
    // An existing empty file is used with its mode: <https://www.sqlite.org/lang_vacuum.html>.
    private_file::reserve(to)
        .map_err(|error| StoreError::Other(format!("backup {shown} cannot be created: {error}")))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await;
    if copied.is_err() {
        // The first error is the relevant one.
        let _ = std::fs::remove_file(to);
    }
    copied?;
    Ok(connection.close().await?)
}
