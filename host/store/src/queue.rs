//! How the queue is kept beside River: whose turn it is, and what a process that died has left.
//!
//! *Turns.* River starts jobs by priority, and those of one priority as they came. So at most [`TURNS`] evaluations of
//! an integration wait at the first priority, and the rest behind everything else. When one is over, the next of its
//! integration goes to the end of the first ones. An integration with ten thousand pull requests keeps another's one
//! waiting for [`TURNS`] of its own at most; where nobody else wants anything, all of it is worked on.
//!
//! *The dead.* A job whose process died is put back at once. How often that happened is counted with the job: what
//! kills the process again and again is given up, so that the rest can be done.

use riverqueue::InsertOpts;

use crate::{Database, Store, StoreError, transaction::Tx};

/// How many evaluations of one integration wait at the first priority.
const TURNS: i64 = 2;
/// Priorities: whose turn it is, scans of whole repositories (of which `job` says the same), and who waits for a turn.
const FIRST: i16 = 1;
const BEHIND: i16 = 3;

/// How many evaluations of an integration have their turn.
macro_rules! turns_taken {
    () => {
        "SELECT count(*) FROM river_job WHERE state IN ('available', 'retryable', 'running', 'scheduled') \
         AND queue = 'work' AND priority = 1 AND kind = 'evaluate' AND args ->> 'integration' = $1"
    };
}

/// Moves the evaluation of an integration that waits longest to the end of those whose turn it is, where there is room.
macro_rules! next_turn {
    ($now:literal) => {
        concat!(
            "UPDATE river_job SET priority = 1, scheduled_at = ",
            $now,
            " WHERE id = (SELECT id FROM river_job WHERE state = 'available' AND queue = 'work' AND priority = 3 \
               AND kind = 'evaluate' AND args ->> 'integration' = $1 ORDER BY scheduled_at, id LIMIT 1) AND (",
            turns_taken!(),
            ") < $2"
        )
    };
}

impl Tx {
    /// At which priority a new evaluation of an integration waits.
    pub(crate) async fn turn(&mut self, integration: &str) -> Result<InsertOpts, StoreError> {
        let row = self.row(turns_taken!(), vec![integration.into()]).await?;
        let waiting = row.map(|row| row.int(0)).transpose()?.unwrap_or_default();
        Ok(InsertOpts::default().with_priority(if waiting < TURNS { FIRST } else { BEHIND }))
    }
}

impl Store {
    /// An evaluation of an integration is over: the next one of it gets its turn.
    pub async fn pass_turn(&self, integration: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let sql =
            if tx.is_postgres() { next_turn!("now()") } else { next_turn!("datetime('now', 'subsec')") };
        tx.execute(sql, vec![integration.into(), TURNS.into()]).await?;
        tx.commit().await
    }

    /// Gives turns that nobody passed on, because their process died.
    pub async fn give_turns(&self) -> Result<(), StoreError> {
        for integration in self.behind().await? {
            for _ in 0..TURNS {
                self.pass_turn(&integration).await?;
            }
        }
        Ok(())
    }

    /// Integrations whose evaluations wait for a turn.
    async fn behind(&self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT DISTINCT args ->> 'integration' FROM river_job \
            WHERE state = 'available' AND queue = 'work' AND priority = 3 AND kind = 'evaluate'";
        self.shared.counter.add();
        Ok(match &self.shared.database {
            Database::Sqlite(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await?,
            Database::Postgres(pool) => sqlx::query_scalar(SQL).fetch_all(pool).await?,
        })
    }

    /// Says that a host is alive, by the database's own clock, so that hosts need not agree on the time. What hosts
    /// said that have been silent for a day is forgotten.
    pub async fn beat(&self, host: &str) -> Result<(), StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(()) };
        self.shared.counter.add();
        sqlx::query(
            "WITH gone AS (DELETE FROM meta WHERE key LIKE 'host:%' \
               AND value::bigint < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 86400000) \
             INSERT INTO meta (key, value) VALUES ('host:' || $1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text) \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(host)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Puts back what hosts were running that have not said for `silence` milliseconds that they are alive: they died,
    /// or were stopped, and then whatever they write late is refused by its fence. Only on `PostgreSQL`; elsewhere
    /// there is one host, and [`Self::requeue_orphans`] is enough. A job that was running in `crashes` processes that
    /// died is discarded. Answers how many jobs.
    pub async fn requeue_of_the_silent(&self, silence: i64, crashes: i64) -> Result<u64, StoreError> {
        let Database::Postgres(pool) = &self.shared.database else { return Ok(0) };
        self.shared.counter.add();
        let done = sqlx::query(
            "WITH dead AS (SELECT id, coalesce((metadata ->> 'crashes')::bigint, 0) + 1 AS crashes FROM river_job \
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
        .execute(pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// Puts every job that is marked as running back, to be started at once. The attempt stays counted; a job
    /// without attempts left, or that was running in `crashes` processes that died, is discarded. Call it before
    /// the workers start: on `SQLite` nobody else can run a job, because this process owns the folder. On
    /// `PostgreSQL` other processes may be at work, so this does nothing there. Answers how many jobs.
    pub async fn requeue_orphans(&self, crashes: i64) -> Result<u64, StoreError> {
        if matches!(self.shared.database, Database::Postgres(_)) {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let back = tx
            .execute(
                "UPDATE river_job SET \
                   state = CASE WHEN attempt >= max_attempts OR coalesce(metadata ->> 'crashes', 0) + 1 >= $1 \
                     THEN 'discarded' ELSE 'available' END, \
                   finalized_at = CASE WHEN attempt >= max_attempts OR coalesce(metadata ->> 'crashes', 0) + 1 >= $1 \
                     THEN datetime('now', 'subsec') ELSE NULL END, \
                   metadata = jsonb_set(metadata, '$.crashes', coalesce(metadata ->> 'crashes', 0) + 1), \
                   scheduled_at = datetime('now', 'subsec') \
                 WHERE state = 'running'",
                vec![crashes.into()],
            )
            .await?;
        tx.commit().await?;
        Ok(back)
    }
}
