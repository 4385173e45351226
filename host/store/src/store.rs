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

/// Where the number of changes of secrets and connections is kept.
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
    /// The pool to build a [`riverqueue::Client`] on.
    pub fn database(&self) -> Database {
        self.shared.database.clone()
    }

    /// A client that only inserts jobs.
    pub fn jobs(&self) -> &Client {
        &self.shared.client
    }

    /// How many SQL statements this store has run: those of the repositories, and one for each job inserted with
    /// them. River's own polling is not counted.
    pub fn statements(&self) -> u64 {
        self.shared.counter.get()
    }

    /// The identity of this installation, made when the database was created.
    pub async fn instance(&self) -> Result<String, StoreError> {
        let row = meta::Entity::find_by_id("instance").one(self.read()).await?;
        row.map(|row| row.value).ok_or_else(|| StoreError::not_found("meta", "instance"))
    }

    /// How often secrets or connections have been changed, by whichever host: what is kept of them in memory is of one
    /// such state.
    pub async fn credentials_version(&self) -> Result<i64, StoreError> {
        let row = meta::Entity::find_by_id(CREDENTIALS).one(self.read()).await?;
        Ok(row.and_then(|row| row.value.parse().ok()).unwrap_or_default())
    }

    /// Secrets or connections have been changed: other hosts are to read them again.
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

    /// Asks the database whether it is well.
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

    /// Writes a copy of the database to a file that does not exist yet, while it is in use.
    pub async fn backup(&self, path: &Path) -> Result<(), StoreError> {
        let Database::Sqlite(pool) = &self.shared.database else {
            return Err(StoreError::Other("backup of PostgreSQL is not supported, use `pg_dump`".to_owned()));
        };
        // A connection of its own: a long copy only reads, and must not keep the writer waiting.
        let connection = pool.connect_options().connect().await?;
        self.shared.counter.add();
        vacuum_into(connection, path).await
    }

    /// Copies an embedded database into a file that does not exist yet, from outside of the process that owns its
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

    /// Whether a database exists and is intact, from outside of the process that may own its folder: it only reads, and
    /// makes nothing. False: there is none yet.
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

    /// Brings the log into the file and closes all connections.
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
        // A conflict is another start having been first.
        meta::Entity::insert(row.into_active_model().reset_all())
            .on_conflict_do_nothing_on([meta::Column::Key])
            .exec_without_returning(self.write())
            .await?;
        cut::after()
    }

    /// The row with that id.
    pub(crate) async fn find<E>(&self, what: &'static str, id: &str) -> Result<E::Model, StoreError>
    where
        E: EntityTrait,
        <E::PrimaryKey as PrimaryKeyTrait>::ValueType: From<String>,
    {
        let row = E::find_by_id(id.to_owned()).one(self.read()).await?;
        row.ok_or_else(|| StoreError::not_found(what, id))
    }

    /// Inserts a row as it is.
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

    /// Writes a row back as it is, found by its id.
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

    /// Deletes the row with that id, and with it whatever belongs to it.
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

/// Copies a database into a file that does not exist yet and that its owner alone can read; what fails leaves none.
pub(crate) async fn vacuum_into(mut connection: SqliteConnection, to: &Path) -> Result<(), StoreError> {
    let shown = to.display();
    let text = to.to_str().ok_or_else(|| StoreError::Other(format!("backup {shown}: path is not UTF-8")))?;
    // An empty file is written into as it is, with its mode: <https://www.sqlite.org/lang_vacuum.html>.
    private_file::reserve(to)
        .map_err(|error| StoreError::Other(format!("backup {shown} cannot be created: {error}")))?;
    let copied = sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await;
    if copied.is_err() {
        // The error that counts is the first one.
        let _ = std::fs::remove_file(to);
    }
    copied?;
    Ok(connection.close().await?)
}
