//! The state of the queue in addition to River's: the turns of integrations, and the jobs of crashed processes.
//!
//! *Turns.* At most [`TURNS`] evaluations of an integration can be started at a time; the others are pending, and River
//! does not start those. When one ends, the next of its integration is queued after all that can be started. So an
//! integration with ten thousand pull requests, or with a provider that hangs, uses at most [`TURNS`] places of the
//! workers. A pull request whose verdict is out of date is urgent: it needs no turn.
//!
//! *Crashes.* A job whose process has crashed is returned to the queue immediately. The number of crashes is stored
//! with the job: a job that crashes the process repeatedly is discarded, so that the others can be done.

use riverqueue::{InsertOpts, JobArgs};

use crate::{Database, Store, StoreError, transaction::Tx};

/// The number of evaluations of one integration that can be started at a time.
pub const TURNS: u32 = 4;
/// Priorities: urgent jobs, and the others.
const FIRST: i16 = 1;
const USUAL: i16 = 2;

/// The number of evaluations of an integration that have a turn. One that waits for a retry has none.
macro_rules! turns_taken {
    () => {
        "SELECT count(*) FROM river_job WHERE state IN ('available', 'running') \
         AND queue = 'work' AND kind = 'evaluate' AND args ->> 'integration' = $1"
    };
}

/// Lets the oldest pending evaluation of an integration be started, if there is a turn left without the job `$3`, which
/// has ended.
macro_rules! next_turn {
    ($now:literal) => {
        concat!(
            "UPDATE river_job SET state = 'available', scheduled_at = ",
            $now,
            " WHERE id = (SELECT id FROM river_job WHERE state = 'pending' AND queue = 'work' \
               AND kind = 'evaluate' AND args ->> 'integration' = $1 ORDER BY scheduled_at, id LIMIT 1) AND (",
            turns_taken!(),
            " AND id <> $3) < $2"
        )
    };
}

/// On `SQLite`: the number of crashed processes in which a job was running, including this one unless it was asked to
/// stop.
macro_rules! crashes {
    () => {
        "(coalesce(metadata ->> 'crashes', 0) + NOT EXISTS (SELECT 1 FROM meta \
           WHERE key = 'leaving:' || json_extract(attempted_by, '$[#-1]')))"
    };
}

/// Discards waiting jobs that do the same as a job that was discarded for its crashes, if they were requested before
/// its last attempt began: they would do nothing new. Later requests may be for new changes.
macro_rules! give_up_alike {
    ($now:literal, $seconds:literal, $end:literal) => {
        concat!(
            "UPDATE river_job SET state = 'discarded', finalized_at = ",
            $now,
            " WHERE state IN ('available', 'pending', 'retryable', 'scheduled') AND EXISTS (SELECT 1 FROM river_job AS dead \
               WHERE dead.kind = river_job.kind AND dead.args = river_job.args AND dead.state = 'discarded' \
               AND CAST(coalesce(dead.metadata ->> 'crashes', '0') AS BIGINT) >= $1 \
               AND coalesce(CAST(river_job.metadata ->> 'asked' AS BIGINT), ",
            $seconds,
            "river_job.created_at",
            $end,
            " * 1000) <= ",
            $seconds,
            "dead.attempted_at",
            $end,
            " * 1000)"
        )
    };
}

/// The waiting jobs of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The name of the queue.
    pub queue: String,
    /// The number of jobs.
    pub jobs: i64,
    /// The time that the oldest one has waited, in milliseconds.
    pub oldest: i64,
}

/// The options of an urgent evaluation.
pub(crate) fn first() -> InsertOpts {
    InsertOpts::default().with_priority(FIRST)
}

impl Tx {
    /// The options of a new evaluation of an integration: pending if all turns are taken.
    pub(crate) async fn turn(&mut self, integration: &str) -> Result<InsertOpts, StoreError> {
        let row = self.row(turns_taken!(), vec![integration.into()]).await?;
        let taken = row.map(|row| row.int(0)).transpose()?.unwrap_or_default();
        Ok(InsertOpts::default().with_priority(USUAL).with_pending(taken >= i64::from(TURNS)))
    }

    /// Starts a waiting job now, before others.
    pub(crate) async fn hurry(&mut self, job: i64) -> Result<(), StoreError> {
        let sql = if self.is_postgres() {
            "UPDATE river_job SET state = 'available', priority = 1, scheduled_at = now() \
             WHERE id = $1 AND state IN ('available', 'pending', 'retryable', 'scheduled')"
        } else {
            "UPDATE river_job SET state = 'available', priority = 1, scheduled_at = datetime('now', 'subsec') \
             WHERE id = $1 AND state IN ('available', 'pending', 'retryable', 'scheduled')"
        };
        self.execute(sql, vec![job.into()]).await.map(drop)
    }

    /// Stores with a waiting job that it was requested again.
    pub(crate) async fn ask_again(&mut self, job: i64) -> Result<(), StoreError> {
        let sql = if self.is_postgres() {
            "UPDATE river_job SET metadata = jsonb_set(metadata, '{asked}', \
               to_jsonb((extract(epoch FROM clock_timestamp()) * 1000)::bigint)) WHERE id = $1"
        } else {
            "UPDATE river_job SET metadata = jsonb_set(metadata, '$.asked', \
               CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)) WHERE id = $1"
        };
        self.execute(sql, vec![job.into()]).await.map(drop)
    }

    /// Retries a job now if it waits after a failure or for a long time. Short waits are unchanged.
    pub(crate) async fn retry_now(&mut self, job: i64) -> Result<(), StoreError> {
        let sql = if self.is_postgres() {
            "UPDATE river_job SET state = 'available', scheduled_at = now() WHERE id = $1 AND (state = 'retryable' \
               OR state = 'scheduled' AND scheduled_at > now() + interval '30 seconds')"
        } else {
            "UPDATE river_job SET state = 'available', scheduled_at = datetime('now', 'subsec') \
             WHERE id = $1 AND (state = 'retryable' \
               OR state = 'scheduled' AND julianday(scheduled_at) > julianday('now') + 30.0 / 86400.0)"
        };
        self.execute(sql, vec![job.into()]).await.map(drop)
    }

    /// Starts the waiting job of a kind for the same integration or connection now; returns whether there is one.
    async fn alike(&mut self, kind: &str, subject: &str) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT id FROM river_job WHERE kind = $1 \
            AND coalesce(args ->> 'integration', args ->> 'connection') = $2 \
            AND state IN ('available', 'pending', 'retryable', 'scheduled') ORDER BY id LIMIT 1";
        let found = self.row(SQL, vec![kind.into(), subject.into()]).await?;
        let Some(job) = found.map(|row| row.int(0)).transpose()? else { return Ok(false) };
        self.hurry(job).await?;
        Ok(true)
    }
}

impl Store {
    /// Queues a job for an integration or a connection, unless one of its kind is waiting for the same: that one is
    /// started now. A running job does not count, since it may have read an older state.
    pub async fn enqueue_alone<A: JobArgs>(&self, job: A, subject: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        if !tx.alike(A::KIND, subject).await? {
            tx.job(&self.shared.client, job).await?;
        }
        tx.commit().await
    }

    /// Whether an earlier job of a kind is running for the same integration or connection, on any host.
    pub async fn runs_already(&self, kind: &str, subject: &str, job: i64) -> Result<bool, StoreError> {
        const SQL: &str = "SELECT count(*) FROM river_job WHERE kind = $1 AND state = 'running' \
            AND coalesce(args ->> 'integration', args ->> 'connection') = $2 AND id < $3";
        self.shared.counter.add();
        let count: i64 = match &self.shared.database {
            Database::Sqlite(pool) => {
                sqlx::query_scalar(SQL).bind(kind).bind(subject).bind(job).fetch_one(pool).await?
            }
            Database::Postgres(pool) => {
                sqlx::query_scalar(SQL).bind(kind).bind(subject).bind(job).fetch_one(pool).await?
            }
        };
        Ok(count > 0)
    }

    /// Returns the waiting jobs of each queue that is not empty.
    pub async fn depths(&self) -> Result<Vec<Depth>, StoreError> {
        self.shared.counter.add();
        let rows: Vec<(String, i64, i64)> = match &self.shared.database {
            Database::Sqlite(pool) => {
                sqlx::query_as(
                    "SELECT queue, count(*), CAST((julianday('now') - julianday(min(scheduled_at))) * 86400000 AS INTEGER) \
                     FROM river_job WHERE state IN ('available', 'pending') GROUP BY queue ORDER BY queue",
                )
                .fetch_all(pool)
                .await?
            }
            Database::Postgres(pool) => {
                sqlx::query_as(
                    "SELECT queue, count(*), (extract(epoch FROM now() - min(scheduled_at)) * 1000)::bigint \
                     FROM river_job WHERE state IN ('available', 'pending') GROUP BY queue ORDER BY queue",
                )
                .fetch_all(pool)
                .await?
            }
        };
        let depth = |(queue, jobs, oldest): (String, i64, i64)| Depth { queue, jobs, oldest: oldest.max(0) };
        Ok(rows.into_iter().map(depth).collect())
    }

    /// Passes the turn of the ended evaluation `job` to the next one of the integration.
    pub async fn pass_turn(&self, integration: &str, job: i64) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql =
            if tx.is_postgres() { next_turn!("now()") } else { next_turn!("datetime('now', 'subsec')") };
        tx.execute(sql, vec![integration.into(), i64::from(TURNS).into(), job.into()]).await?;
        tx.commit().await
    }

    /// Passes turns that were not passed on because their process has crashed.
    pub async fn give_turns(&self) -> Result<(), StoreError> {
        for integration in self.behind().await? {
            for _ in 0..TURNS {
                self.pass_turn(&integration, 0).await?;
            }
        }
        Ok(())
    }

    /// Integrations with evaluations that wait for a turn.
    async fn behind(&self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT DISTINCT args ->> 'integration' FROM river_job \
            WHERE state = 'pending' AND queue = 'work' AND kind = 'evaluate'";
        self.shared.counter.add();
        Ok(match &self.shared.database {
            Database::Sqlite(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await?,
            Database::Postgres(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await?,
        })
    }

    /// Records that a host is alive, with the database's clock, so that hosts do not depend on each other's time.
    /// Records older than a day are deleted.
    pub async fn beat(&self, host: &str) -> Result<(), StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(()) };
        self.shared.counter.add();
        sqlx::query(
            "WITH gone AS (DELETE FROM meta WHERE (key LIKE 'host:%' OR key LIKE 'leaving:%') \
               AND value::bigint < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 86400000) \
             INSERT INTO meta (key, value) VALUES ('host:' || $1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(host)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Records that a host was asked to stop: jobs that it leaves behind, if it is killed before it is done, do not
    /// count as crashes.
    pub async fn leave(&self, host: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let now = tx.now().await?;
        let sql = "INSERT INTO meta (key, value) VALUES ('leaving:' || $1, $2) ON CONFLICT (key) DO NOTHING";
        tx.execute(sql, vec![host.into(), now.to_string().into()]).await?;
        tx.commit().await
    }

    /// Returns jobs to the queue whose host has sent no heartbeat for `silence` milliseconds: it has crashed, or was
    /// paused, and then its late writes are refused by their fence. Only on `PostgreSQL`; on `SQLite` there is one
    /// host, and [`Self::requeue_orphans`] is enough. A job that was running in `crashes` crashed processes is
    /// discarded. Returns the number of jobs.
    pub async fn requeue_of_the_silent(&self, silence: i64, crashes: i64) -> Result<u64, StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(0) };
        self.shared.counter.add();
        let mut tx = pool.begin().await?;
        let done = sqlx::query(
            "WITH dead AS (SELECT id, coalesce((metadata ->> 'crashes')::bigint, 0) + CASE WHEN EXISTS (SELECT 1 FROM meta \
                 WHERE meta.key = 'leaving:' || river_job.attempted_by[array_upper(river_job.attempted_by, 1)]) \
               THEN 0 ELSE 1 END AS crashes FROM river_job \
               WHERE state = 'running' AND NOT EXISTS (SELECT 1 FROM meta \
                 WHERE meta.key = 'host:' || river_job.attempted_by[array_upper(river_job.attempted_by, 1)] \
                 AND meta.value::bigint > (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $1) FOR UPDATE) \
             UPDATE river_job SET \
               state = CASE WHEN attempt >= max_attempts OR dead.crashes >= $2 THEN 'discarded' \
                 ELSE 'available' END::river_job_state, \
               finalized_at = CASE WHEN attempt >= max_attempts OR dead.crashes >= $2 THEN now() ELSE NULL END, \
               metadata = jsonb_set(metadata, '{crashes}', to_jsonb(dead.crashes)), \
               scheduled_at = now() \
             FROM dead WHERE river_job.id = dead.id",
        )
        .bind(silence)
        .bind(crashes)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() > 0 {
            self.shared.counter.add();
            sqlx::query(give_up_alike!("now()", "extract(epoch FROM ", ")"))
                .bind(crashes)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Returns every running job to the queue, to be started immediately. The attempt stays counted; a job without
    /// attempts left, or that was running in `crashes` crashed processes, is discarded. Call it before the workers
    /// start: on `SQLite` no other process can run a job, because this process owns the folder. On `PostgreSQL` this
    /// does nothing, because other processes may be running. Returns the number of jobs.
    pub async fn requeue_orphans(&self, crashes: i64) -> Result<u64, StoreError> {
        if matches!(self.shared.database, Database::Postgres(_)) {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let back = tx
            .execute(
                concat!(
                    "UPDATE river_job SET state = CASE WHEN attempt >= max_attempts OR ",
                    crashes!(),
                    " >= $1 THEN 'discarded' ELSE 'available' END, \
                       finalized_at = CASE WHEN attempt >= max_attempts OR ",
                    crashes!(),
                    " >= $1 THEN datetime('now', 'subsec') ELSE NULL END, \
                       metadata = jsonb_set(metadata, '$.crashes', ",
                    crashes!(),
                    "), scheduled_at = datetime('now', 'subsec') WHERE state = 'running'"
                ),
                vec![crashes.into()],
            )
            .await?;
        tx.execute(
            give_up_alike!("datetime('now', 'subsec')", "unixepoch(", ", 'subsec')"),
            vec![crashes.into()],
        )
        .await?;
        tx.execute("DELETE FROM meta WHERE key LIKE 'leaving:%'", Vec::new()).await?;
        // The crashed process held these, so nothing holds them now.
        tx.execute("UPDATE check_run SET held_until = 0, publishing_until = 0 WHERE held_until > 0 OR publishing_until > 0", Vec::new()).await?;
        tx.commit().await?;
        Ok(back)
    }
}
