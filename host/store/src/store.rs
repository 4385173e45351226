//! The handle of the database.

use std::{path::Path, sync::Arc, time::Duration};

use riverqueue::Client;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, PrimaryKeyTrait,
};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};
use tokio::sync::RwLock;

use crate::{
    StoreError, StoreOptions, counter::Counter, entity::meta, folder::Folder, new_id, seal::Ring,
    transaction::Tx,
};

/// The pool that River works on; on `SQLite` it is the one connection that writes.
#[derive(Clone, Debug)]
pub enum Database {
    /// The embedded database.
    Sqlite(SqlitePool),
    /// A server.
    Postgres(PgPool),
}

pub(crate) struct Shared {
    pub(crate) database: Database,
    pub(crate) write: DatabaseConnection,
    pub(crate) read: DatabaseConnection,
    pub(crate) client: Client,
    pub(crate) counter: Counter,
    pub(crate) ring: RwLock<Ring>,
    #[expect(dead_code, reason = "held so that the folder stays ours")]
    pub(crate) folder: Folder,
}

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

    /// Says that a host is alive, by the database's own clock, so that hosts need not agree on the time.
    pub async fn beat(&self, host: &str) -> Result<(), StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(()) };
        self.shared.counter.add();
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES ('host:' || $1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(host)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Puts back what hosts were running that have not said for `silence` milliseconds that they are alive: they died,
    /// or were stopped, and then whatever they write late is refused by its fence. Attempts stay counted. Answers how
    /// many jobs. Only on `PostgreSQL`; elsewhere there is one host, and [`Self::requeue_orphans`] is enough.
    pub async fn requeue_of_the_silent(&self, silence: i64) -> Result<u64, StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(0) };
        self.shared.counter.add();
        let done = sqlx::query(
            "UPDATE river_job SET \
               state = CASE WHEN attempt >= max_attempts THEN 'discarded' ELSE 'available' END::river_job_state, \
               finalized_at = CASE WHEN attempt >= max_attempts THEN now() ELSE NULL END, \
               scheduled_at = now() \
             WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM meta \
               WHERE meta.key = 'host:' || river_job.attempted_by[array_upper(river_job.attempted_by, 1)] \
               AND meta.value::bigint > (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1)",
        )
        .bind(silence)
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Puts every job that is marked as running back, to be started at once. The attempt stays counted, so that
    /// a job that kills the process runs out of attempts; one without attempts left is discarded. Call it before
    /// the workers start: on `SQLite` nobody else can run a job, because this process owns the folder. On
    /// `PostgreSQL` other processes may be at work, so River's rescuer does it and this does nothing.
    /// Answers how many jobs.
    pub async fn requeue_orphans(&self) -> Result<u64, StoreError> {
        if matches!(self.shared.database, Database::Postgres(_)) {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let discarded = tx
            .execute(
                "UPDATE river_job SET state = 'discarded', finalized_at = datetime('now', 'subsec') \
                 WHERE state = 'running' AND attempt >= max_attempts",
                Vec::new(),
            )
            .await?;
        let again = tx
            .execute(
                "UPDATE river_job SET state = 'available', scheduled_at = datetime('now', 'subsec') \
                 WHERE state = 'running'",
                Vec::new(),
            )
            .await?;
        tx.commit().await?;
        Ok(discarded + again)
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
            return Err(StoreError::Other("backup of PostgreSQL is not made here, use pg_dump".to_owned()));
        };
        let path = path
            .to_str()
            .ok_or_else(|| StoreError::Other(format!("backup {}: path is not UTF-8", path.display())))?;
        // A connection of its own: a long copy only reads, and must not keep the writer waiting.
        let mut connection = pool.connect_options().connect().await?;
        self.shared.counter.add();
        sqlx::query("VACUUM INTO $1").bind(path).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Copies an embedded database into a file that does not exist yet, from outside of the process that owns its
    /// folder: it only reads.
    pub async fn copy(options: &StoreOptions, to: &Path) -> Result<(), StoreError> {
        let Some(path) = crate::open::sqlite_file(options)? else {
            return Err(StoreError::Other("backup of PostgreSQL is not made here, use pg_dump".to_owned()));
        };
        let to = to
            .to_str()
            .ok_or_else(|| StoreError::Other(format!("backup {}: path is not UTF-8", to.display())))?;
        let file =
            sqlx::sqlite::SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(30));
        let mut connection = sqlx::SqliteConnection::connect_with(&file).await?;
        sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Brings the log into the file and closes all connections.
    pub async fn close(&self) -> Result<(), StoreError> {
        if matches!(self.shared.database, Database::Sqlite(_)) {
            self.shared.read.close_by_ref().await?;
            self.shared.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
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
        let row = meta::Model { key: "instance".to_owned(), value: new_id() };
        // A conflict is another start having been first.
        meta::Entity::insert(row.into_active_model().reset_all())
            .on_conflict_do_nothing_on([meta::Column::Key])
            .exec_without_returning(self.write())
            .await?;
        Ok(())
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
        A::Entity::insert(row.clone().into_active_model().reset_all())
            .exec_without_returning(self.write())
            .await
            .map_err(|error| StoreError::taken(error, what, name))?;
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
        match row.into_active_model().reset_all().update(self.write()).await {
            Ok(_) => Ok(()),
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
        let gone = E::delete_by_id(id.to_owned()).exec(self.write()).await?;
        if gone.rows_affected == 0 { Err(StoreError::not_found(what, id)) } else { Ok(()) }
    }
}
