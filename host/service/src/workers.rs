//! The jobs: their workers, their retries, and their final failures.

use std::time::{Duration, Instant};

use palisade_domain::MergeGroup;
use palisade_store::job::{
    ASK_PROVIDER, Deliver, Evaluate, EvaluateGroup, Publish, Reconcile, Redeliver, Refresh, SCAN, ScanSource,
    TAKE_DELIVERIES, WORK,
};
use palisade_store::{Database, DeliveryState, Store};
use riverqueue::{
    BoxError, Client, Job, JobRow, MaintenanceConfig, QueueConfig, RetryPolicy, RunHandle, WorkContext,
    WorkError, WorkOutcome, Workers, jiff::Timestamp,
};
use tokio::task::JoinHandle;

use crate::error::ServiceError;
use crate::evaluate::{Attempt, Done, fence};
use crate::publish::CROWDED;
use crate::service::Service;

/// Jobs at the same time that handle deliveries, which send no requests to providers.
const TAKE: usize = 32;
/// Jobs at the same time that send requests to providers: most of them wait. One integration can use only some of them.
const ASKING: usize = 48;
/// Evaluations at the same time for each worker. Most of them wait for a provider; the workers limit the computations.
const EVALUATIONS: usize = 8;
/// The interval at which the database is polled for new jobs.
const POLL: Duration = Duration::from_millis(100);
/// The interval at which scheduled jobs are checked.
const SCHEDULE: Duration = Duration::from_millis(500);
/// The interval of a host's heartbeats, and the time without one after which its jobs are given to other hosts.
const BEAT: Duration = Duration::from_secs(1);
const SILENCE: i64 = 4_000;

/// Increases the pause with each failure: 1 s, 2 s, 4 s, up to five minutes, and at least the duration of the attempt,
/// so that a slow failing job uses at most half of a worker's time. Attempts that a crash cut off do not count.
struct Backoff;

impl RetryPolicy for Backoff {
    fn next_retry(&self, job: &JobRow, _error: &WorkError, now: Timestamp) -> Duration {
        let doublings = failures(job).min(9);
        let pause = Duration::from_secs(1 << doublings).min(Duration::from_mins(5));
        let took = job.attempted_at.map(|at| now.duration_since(at));
        took.and_then(|it| Duration::try_from(it).ok()).map_or(pause, |took| pause.max(took))
    }
}

/// The running workers.
pub struct Working {
    run: RunHandle,
    ticker: JoinHandle<()>,
    store: Store,
    host: String,
}

impl Working {
    /// Lets running jobs finish within this time; the others are returned to the queue, and the attempt does not count.
    ///
    /// # Errors
    /// If the workers could not be stopped cleanly.
    pub async fn stop(mut self, patience: Duration) -> Result<(), ServiceError> {
        if let Err(error) = self.store.leave(&self.host).await {
            tracing::warn!(%error, "what is cut off while this host stops will be counted as a crash");
        }
        let stopped = match tokio::time::timeout(patience, self.run.stop()).await {
            Ok(stopped) => stopped,
            Err(_) => self.run.stop_and_cancel().await,
        };
        // Last, because other hosts would take over the jobs of a host without heartbeats while they still run here.
        self.ticker.abort();
        stopped.map_err(ServiceError::internal)
    }
}

/// Converts the result of a job for River. A pause that the provider asks for does not count as a failure.
fn outcome(done: Result<Done, ServiceError>) -> Result<WorkOutcome, ServiceError> {
    match done {
        Ok(Done::Whole) => Ok(WorkOutcome::Complete),
        Ok(Done::Later(pause)) => Ok(WorkOutcome::Snooze(pause)),
        Err(error) => match error.pause() {
            Some(seconds) => Ok(WorkOutcome::Snooze(Duration::from_secs(seconds.max(1)))),
            None => Err(error),
        },
    }
}

/// The number of previous failures of a job.
fn failures(row: &JobRow) -> u32 {
    u32::try_from(row.errors.len()).unwrap_or(u32::MAX)
}

fn attempt(row: &JobRow) -> Attempt {
    Attempt {
        job: row.id,
        fence: fence(row.id, i64::from(row.attempt)),
        number: i32::try_from(failures(row)).unwrap_or(i32::MAX).saturating_add(1),
        last: row.attempt >= row.max_attempts,
    }
}

impl Service {
    /// Sends heartbeats of this host, and takes over the jobs of hosts without them.
    async fn keep_alive(&self, host: &str) {
        loop {
            let beaten = self.0.store.beat(host).await;
            let taken = match beaten {
                Ok(()) => self.0.store.requeue_of_the_silent(SILENCE, self.0.options.crashes).await,
                Err(error) => Err(error),
            };
            match taken {
                Ok(0) => {}
                Ok(jobs) => tracing::info!(jobs, "jobs of a host that does not respond are put back"),
                Err(error) => tracing::warn!(%error, "this host cannot record that it is alive"),
            }
            if let Err(error) = self.follow_changes().await {
                tracing::warn!(%error, "secrets that another host may have changed cannot be read again");
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    fn workers(&self) -> Result<Workers, riverqueue::Error> {
        let mut workers = Workers::new();
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Deliver>| {
            let it = it.clone();
            async move { Box::pin(it.work_on_delivery(context, job)).await }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Evaluate>| {
            let it = it.clone();
            async move {
                let args = &job.args;
                let work = it.evaluate(&args.integration, &args.repository, args.number, attempt(&job.row));
                let done = Box::pin(until_cancelled(&context, &job.row, work)).await;
                // If this fails, the sweep passes the turn.
                if let Err(error) = it.0.store.pass_turn(&args.integration, job.row.id).await {
                    tracing::warn!(%error, "the next evaluation has to wait for its turn");
                }
                done
            }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<EvaluateGroup>| {
            let it = it.clone();
            async move {
                let EvaluateGroup { integration, repository, head_sha, base_sha, base_ref } = job.args;
                let group = MergeGroup { repository, head_sha, base_sha, base_ref };
                let work = it.evaluate_group(&integration, &group, attempt(&job.row));
                Box::pin(until_cancelled(&context, &job.row, work)).await
            }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Publish>| {
            let it = it.clone();
            async move { Box::pin(until_cancelled(&context, &job.row, it.publish(&job.args.check))).await }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<ScanSource>| {
            let it = it.clone();
            async move {
                let (args, attempt) = (&job.args, attempt(&job.row));
                let work = it.scan_source(&args.source, args.trigger, args.slot, attempt.last);
                Box::pin(until_cancelled(&context, &job.row, work)).await
            }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Refresh>| {
            let it = it.clone();
            async move {
                let subject = &job.args.integration;
                let work = it.alone(&job.row, subject, it.refresh(subject));
                Box::pin(until_cancelled(&context, &job.row, work)).await
            }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Reconcile>| {
            let it = it.clone();
            async move {
                let subject = &job.args.integration;
                let work = it.alone(&job.row, subject, it.reconcile(subject));
                Box::pin(until_cancelled(&context, &job.row, work)).await
            }
        })?;
        let it = self.clone();
        workers.add_fn(move |context: WorkContext, job: Job<Redeliver>| {
            let it = it.clone();
            async move {
                let subject = &job.args.connection;
                let work = it.alone(&job.row, subject, it.ask_for_lost_deliveries(subject));
                Box::pin(until_cancelled(&context, &job.row, work)).await
            }
        })?;
        Ok(workers)
    }

    /// Runs a job for an integration or a connection, unless one of the same kind is running: the later job runs after
    /// it, sees what it may have missed, and writes last.
    async fn alone(
        &self,
        row: &JobRow,
        subject: &str,
        work: impl Future<Output = Result<Done, ServiceError>>,
    ) -> Result<Done, ServiceError> {
        let Some(_place) = self.0.asking.take(subject) else { return Ok(Done::Later(CROWDED)) };
        if self.0.store.runs_already(&row.kind, subject, row.id).await? {
            return Ok(Done::Later(CROWDED));
        }
        work.await
    }

    async fn work_on_delivery(
        &self,
        context: WorkContext,
        job: Job<Deliver>,
    ) -> Result<WorkOutcome, BoxError> {
        let last = attempt(&job.row).last;
        let work = async {
            let done = self.deliver(&job.args.delivery).await;
            if let Err(error) = &done
                && last
            {
                let deliveries = self.0.store.deliveries();
                deliveries.finish(&job.args.delivery, DeliveryState::Failed, &error.to_string()).await?;
            }
            done.map(|()| Done::Whole)
        };
        until_cancelled(&context, &job.row, work).await
    }

    /// Starts the workers, the schedule and the sweep. With SQLite, the jobs of a crashed process are returned to the
    /// queue first: this process owns its folder.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn work(&self) -> Result<Working, ServiceError> {
        self.tidy_work();
        let back = self.0.store.requeue_orphans(self.0.options.crashes).await?;
        if back > 0 {
            tracing::info!(jobs = back, "jobs of a process that ended are put back");
        }
        let workers = self.workers().map_err(ServiceError::internal)?;
        let host = palisade_store::new_id();
        self.0.store.beat(&host).await?;
        let timeout = self.0.options.deadline;
        let maintenance = MaintenanceConfig::default()
            .with_scheduler_interval(SCHEDULE)
            .with_rescuer_interval(Duration::from_secs(5))
            .with_rescue_after(timeout + Duration::from_secs(30));
        let builder = match self.0.store.database() {
            Database::Sqlite(pool) => Client::builder(pool),
            Database::Postgres(pool) => Client::builder(pool),
        };
        let queue =
            |slots| QueueConfig::new(slots).with_fetch_cooldown(POLL / 2).with_fetch_poll_interval(POLL);
        let client = builder
            .id(host.as_str())
            .workers(workers)
            .queue(TAKE_DELIVERIES, queue(TAKE))
            .queue(ASK_PROVIDER, queue(ASKING))
            .queue(WORK, queue(self.0.options.workers.max(2) * EVALUATIONS))
            .queue(SCAN, queue(self.0.options.workers.max(2)))
            .retry_policy(Backoff)
            .job_timeout(timeout)
            .maintenance(maintenance)
            .build()
            .map_err(ServiceError::internal)?;
        let run = client.start().map_err(ServiceError::internal)?;
        let (service, alive) = (self.clone(), host.clone());
        let ticker = tokio::spawn(async move {
            tokio::join!(service.tick(), service.keep_alive(&alive));
        });
        Ok(Working { run, ticker, store: self.0.store.clone(), host })
    }
}

/// Runs work that ends at its next await point when the job is cancelled; a running plugin is dropped then. Results are
/// counted, and failures are logged.
async fn until_cancelled(
    context: &WorkContext,
    row: &JobRow,
    work: impl Future<Output = Result<Done, ServiceError>>,
) -> Result<WorkOutcome, BoxError> {
    let begin = Instant::now();
    let kind = row.kind.clone();
    let count = |end: &'static str| {
        metrics::counter!("palisade_jobs_total", "kind" => kind.clone(), "end" => end).increment(1);
        metrics::histogram!("palisade_job_seconds", "kind" => kind.clone()).record(begin.elapsed());
    };
    let done = tokio::select! {
        done = work => done,
        () = context.cancellation_token().cancelled() => {
            count("cancelled");
            return Err(riverqueue::WorkCancelled.into());
        }
    };
    if let Err(error) = &done {
        let (id, attempt, of) = (row.id, row.attempt, row.max_attempts);
        if error.pause().is_some() {
            tracing::info!(job = id, kind = %row.kind, %error, "the provider asks for a pause");
        } else {
            tracing::warn!(job = id, kind = %row.kind, attempt, of, %error, "a job failed");
        }
    }
    match outcome(done) {
        Ok(outcome) => {
            count(if matches!(outcome, WorkOutcome::Complete) { "done" } else { "later" });
            Ok(outcome)
        }
        Err(error) => {
            count("failed");
            Err(error.into())
        }
    }
}
