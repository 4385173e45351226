//! A transaction that River's inserts can join: SQL that both databases accept, with `$1`, `$2`, … for values.

use riverqueue::{Client, InsertOpts, JobArgs};
use sqlx::{Postgres, Row, Sqlite, Transaction};

use crate::{Database, StoreError, counter::Counter, cut, now_ms};

/// A value of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    MaybeText(Option<String>),
    Int(i64),
    MaybeInt(Option<i64>),
    Bool(bool),
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::MaybeText(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::MaybeInt(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A row of a result, of either database.
pub(crate) enum Answer {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Answer {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction; it is rolled back if it is dropped without [`Self::commit`].
pub(crate) struct Tx {
    inner: Inner,
    counter: Counter,
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query(sqlx::AssertSqlSafe($sql));
        for value in $values {
            query = match value {
                Value::Text(value) => query.bind(value),
                Value::MaybeText(value) => query.bind(value),
                Value::Int(value) => query.bind(value),
                Value::MaybeInt(value) => query.bind(value),
                Value::Bool(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    /// Begins a transaction that writes; on `SQLite` it takes the write lock at once.
    pub(crate) async fn begin(database: &Database, counter: &Counter) -> Result<Self, StoreError> {
        cut::before()?;
        let inner = match database {
            Database::Sqlite(pool) => Inner::Sqlite(riverqueue::database::begin_sqlite_write(pool).await?),
            Database::Postgres(pool) => Inner::Postgres(riverqueue::database::begin_postgres(pool).await?),
        };
        Ok(Self { inner, counter: counter.clone() })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// The current time in Unix milliseconds: that of the database if several hosts share it, since theirs differ.
    pub(crate) async fn now(&mut self) -> Result<i64, StoreError> {
        if !self.is_postgres() {
            return Ok(now_ms());
        }
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        self.row(sql, Vec::new())
            .await?
            .ok_or_else(|| StoreError::other("the database returned no time"))?
            .int(0)
    }

    /// Executes a statement; returns the number of changed rows.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        self.counter.add();
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
            Inner::Postgres(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Executes a statement that returns one row or none.
    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Answer>, StoreError> {
        self.counter.add();
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, values).fetch_optional(&mut **tx).await?.map(Answer::Sqlite),
            Inner::Postgres(tx) => bound!(sql, values).fetch_optional(&mut **tx).await?.map(Answer::Postgres),
        })
    }

    /// Executes a statement that returns several rows.
    pub(crate) async fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Answer>, StoreError> {
        self.counter.add();
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                let rows = bound!(sql, values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Answer::Sqlite).collect()
            }
            Inner::Postgres(tx) => {
                let rows = bound!(sql, values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Answer::Postgres).collect()
            }
        })
    }

    /// Inserts a job; returns its id. It is visible when the transaction commits.
    pub(crate) async fn job<A: JobArgs>(&mut self, client: &Client, args: A) -> Result<i64, StoreError> {
        self.job_with(client, args, InsertOpts::default()).await
    }

    /// Inserts a job with other options than the defaults of its kind.
    pub(crate) async fn job_with<A: JobArgs>(
        &mut self,
        client: &Client,
        args: A,
        options: InsertOpts,
    ) -> Result<i64, StoreError> {
        self.counter.add();
        let request = client.insert(args).opts(options);
        let inserted = match &mut self.inner {
            Inner::Sqlite(tx) => request.tx(tx).await?,
            Inner::Postgres(tx) => request.tx(tx).await?,
        };
        Ok(inserted.id())
    }

    /// Inserts several jobs of one kind; returns their ids in order.
    pub(crate) async fn jobs<A: JobArgs>(
        &mut self,
        client: &Client,
        args: Vec<A>,
    ) -> Result<Vec<i64>, StoreError> {
        self.counter.add();
        let inserted = match &mut self.inner {
            Inner::Sqlite(tx) => client.insert_many(args).tx(tx).await?,
            Inner::Postgres(tx) => client.insert_many(args).tx(tx).await?,
        };
        Ok(inserted.iter().map(riverqueue::InsertResult::id).collect())
    }

    /// Whether a job is still waiting. On `PostgreSQL` its row is locked, so that no worker starts it before this
    /// transaction ends: the job will read what is written here. On `SQLite`, starting a job is a write, and there is
    /// one writer.
    pub(crate) async fn job_waits(&mut self, job: Option<i64>) -> Result<bool, StoreError> {
        Ok(matches!(
            self.job_state(job).await?.as_deref(),
            Some("available" | "pending" | "retryable" | "scheduled")
        ))
    }

    /// Whether a job is waiting or running; a delivery without such a job will not be handled.
    pub(crate) async fn job_lives(&mut self, job: Option<i64>) -> Result<bool, StoreError> {
        let state = self.job_state(job).await?;
        Ok(matches!(state.as_deref(), Some("available" | "pending" | "retryable" | "scheduled" | "running")))
    }

    async fn job_state(&mut self, job: Option<i64>) -> Result<Option<String>, StoreError> {
        let Some(job) = job else { return Ok(None) };
        let sql = if self.is_postgres() {
            "SELECT CAST(state AS TEXT) FROM river_job WHERE id = $1 FOR UPDATE"
        } else {
            "SELECT state FROM river_job WHERE id = $1"
        };
        self.row(sql, vec![job.into()]).await?.map(|row| row.text(0)).transpose()
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        cut::before()?;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        cut::after()
    }
}
