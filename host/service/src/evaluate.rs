//! The evaluation of a pull request: the violations that it introduces.
//!
//! A commit has one check, and may be the head of several pull requests. So an evaluation first takes the commit, and
//! holds it with heartbeats. It judges all open pull requests with this head, and concludes only while it still holds
//! the commit. An evaluation that could not take the commit, or has lost it, is repeated: nothing is settled that was
//! not judged.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use palisade_domain::{CheckLimits, MergeGroup, Pull};
use palisade_store::repository::checks::Desired;
use palisade_store::repository::pulls::Seen;
use palisade_store::{IntegrationStatus, StoreError, entity, now_ms};
use tokio::task::JoinSet;

use crate::adapter::Adapter;
use crate::budget::SPENT;
use crate::check::Draft;
use crate::error::ServiceError;
use crate::judge::{Commits, Part};
use crate::lock::lock;
use crate::service::{Evaluated, Service};

/// The interval at which a running evaluation looks for a newer head.
const LOOK: Duration = Duration::from_millis(500);
/// The interval of its heartbeats.
const BEAT: Duration = Duration::from_secs(1);
/// In a burst of pushes: the quiet time before the next evaluation begins, and the maximum wait for it.
const QUIET: Duration = Duration::from_secs(1);
const BURST: Duration = Duration::from_secs(25);

/// The attempt from which a pull request that is not found does not exist: a provider may send a delivery before all of
/// its servers know the pull request. With the pauses between attempts this is half a minute.
const UNKNOWN: i32 = 6;
/// The attempt from which the check shows the error, while retries continue.
const FAILING: i32 = 3;
/// The time during which a provider may return an older state than a delivery named, in milliseconds, and the pause
/// between requests.
const STALE: i64 = 60_000;
const AGAIN: Duration = Duration::from_secs(2);

/// The result of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The job is complete.
    Whole,
    /// The job is repeated after a pause, which does not count as a failure.
    Later(Duration),
}

/// An attempt of a job.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// The id of the job.
    pub(crate) job: i64,
    /// A number that is unique among all attempts of all jobs.
    pub(crate) fence: i64,
    /// The number of the attempt, from 1; attempts that a crash cut off do not count.
    pub(crate) number: i32,
    /// Whether this is the last attempt.
    pub(crate) last: bool,
}

/// More attempts than any job has.
const TRIES: i64 = 1_000;

/// The fence of an attempt of a job.
pub(crate) fn fence(job: i64, attempt: i64) -> i64 {
    job.saturating_mul(TRIES).saturating_add(attempt)
}

/// The judged changes of all open pull requests of a commit.
struct Parts {
    /// Those of the evaluated pull request.
    own: Vec<Part>,
    /// The merge base of this pull request and its target.
    merge_base: String,
    /// Those of other pull requests with the same head.
    others: Vec<Part>,
    /// The provider's limits of the check.
    limits: CheckLimits,
}

/// The result of judging a commit.
enum Judged {
    Parts(Parts),
    /// The pull request has a newer state, for which another job waits.
    Outdated,
    /// Another evaluation holds the commit, or the judged state is out of date.
    Lost,
}

/// A pull request with the sources that judge it.
struct Begun<'a> {
    row: &'a entity::pull::Model,
    pull: Pull,
    sources: Vec<entity::source::Model>,
}

impl Service {
    /// Evaluates a pull request.
    pub(crate) async fn evaluate(
        &self,
        integration: &str,
        repository: &str,
        number: i64,
        attempt: Attempt,
    ) -> Result<Done, ServiceError> {
        let Some(_place) = self.0.evaluations.take(integration) else { return Ok(Done::Later(QUIET)) };
        let key = format!("{integration}/{repository}#{number}");
        let guard = self.one_at_a_time(key.clone());
        let Ok(_guard) = guard.try_lock() else { return Ok(Done::Later(QUIET)) };
        let store = &self.0.store;
        let Some(row) = store.pulls().by_number(integration, repository, number).await? else {
            return Ok(Done::Whole);
        };
        if row.done_seq >= row.dirty_seq {
            return Ok(Done::Whole);
        }
        if !self.is_quiet(&key, row.dirty_seq) {
            // If a change arrived while a job looked, a newer job waits for the pull request: one job is enough.
            let is_newest = row.job_id.is_none_or(|it| it == attempt.job);
            return Ok(if is_newest { Done::Later(QUIET) } else { Done::Whole });
        }
        let integration = match store.integrations().get(integration).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        if !works(&integration) {
            self.settle(&row, &Pull::default(), row.open).await?;
            return Ok(Done::Whole);
        }
        let adapter = self.of_integration(&integration).await?;
        match Box::pin(self.evaluate_now(&adapter, &integration, &row, attempt)).await {
            // A pause that the provider asks for does not use up an attempt.
            Err(error) if attempt.last && error.pause().is_none() => {
                self.fail_pull(&integration, &row, &error.to_string()).await?;
                Err(error)
            }
            Err(error) if attempt.number == UNKNOWN && error.pause().is_none() => {
                self.note_failing(&integration, &row, &error).await?;
                Err(error)
            }
            done => done,
        }
    }

    /// Whether to evaluate a pull request now. In a burst of pushes, it waits until nothing changed between two looks,
    /// but not for long.
    fn is_quiet(&self, key: &str, changes: i64) -> bool {
        let mut evaluated = lock(&self.0.evaluated);
        // Entries older than a burst are not needed.
        evaluated.retain(|_, it| it.at.elapsed() < BURST);
        let now = Instant::now();
        if let Some(before) = evaluated.get_mut(key) {
            if before.changes != changes {
                (before.changes, before.since) = (changes, now);
                return false;
            }
            // Several jobs may look at the pull request in quick succession.
            if before.since.elapsed() < QUIET {
                return false;
            }
        }
        evaluated.insert(key.to_owned(), Evaluated { at: now, changes, since: now });
        true
    }

    /// Stores the state of a pull request; changes up to `seq` need no further evaluation.
    async fn see(
        &self,
        row: &entity::pull::Model,
        seq: i64,
        pull: &Pull,
        open: bool,
    ) -> Result<(), ServiceError> {
        let kept = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
        let seen = Seen {
            head_sha: kept(&pull.head_sha, &row.head_sha),
            base_ref: kept(&pull.base_ref, &row.base_ref),
            title: kept(&pull.title, &row.title),
            author: kept(&pull.author, &row.author),
            open,
        };
        self.0.store.pulls().settle(&row.id, seq, &seen).await?;
        Ok(())
    }

    async fn settle(&self, row: &entity::pull::Model, pull: &Pull, open: bool) -> Result<(), ServiceError> {
        self.see(row, row.dirty_seq, pull, open).await
    }

    async fn evaluate_now(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        attempt: Attempt,
    ) -> Result<Done, ServiceError> {
        let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &row.number.to_string()).await;
        let pull = adapter.read(answer)?;
        if pull.is_none() && attempt.number < UNKNOWN {
            let why = format!("`{}` has no pull request {}, or not yet", row.repository, row.number);
            return Err(palisade_domain::CallError::Unavailable(why).into());
        }
        let Some(pull) = pull.filter(|it| it.open) else {
            self.supersede(integration, row, None, false).await?;
            self.settle(row, &Pull::default(), false).await?;
            return Ok(Done::Whole);
        };
        let awaited = self.is_awaited(row, &pull).await?;
        if awaited && row.open && row.head_sha == pull.head_sha && row.base_ref == pull.base_ref {
            // The provider's current state was judged before; the state that the delivery named will follow.
            return Ok(Done::Later(AGAIN));
        }
        self.supersede(integration, row, Some(&pull), awaited).await?;
        let sources = self.sources_for(integration, &row.repository, &pull.base_ref).await?;
        if sources.is_empty() {
            self.let_go(integration, row, &pull).await?;
            self.settle(row, &pull, true).await?;
            return Ok(Done::Whole);
        }
        let mut draft = Draft::new(self, integration, &row.repository, &pull.head_sha, attempt.fence);
        draft.pulls.push(row.number);
        if let Some(why) = self.over_budget(&integration.id).await? {
            self.0.store.checks().note(&draft.failed(&why, &self.more(&draft), true)).await?;
            return Ok(Done::Later(SPENT));
        }
        // After several failures, the check keeps the reason.
        let publishes = attempt.number <= FAILING;
        let Some(held) = self.0.store.checks().begin(&draft.running(), publishes).await? else {
            return Ok(Done::Later(QUIET));
        };
        let begun = Begun { row, pull, sources };
        let judged =
            self.while_held(&held, attempt.fence, self.judge_all(adapter, integration, &begun, &mut draft));
        let judged = tokio::select! {
            judged = judged => judged,
            newer = self.newer_state(adapter, &begun) => newer.map(|()| Judged::Outdated),
        };
        let parts = match judged {
            Ok(Judged::Parts(parts)) => parts,
            Ok(Judged::Outdated) => {
                self.0.store.checks().release(&held.id, attempt.fence).await?;
                return Ok(Done::Whole);
            }
            Ok(Judged::Lost) => return Ok(Done::Later(QUIET)),
            Err(error) => {
                let over = matches!(error, ServiceError::Unrelated { .. });
                self.let_fail(&draft, &held, &error, attempt, over).await?;
                if over {
                    self.settle(row, &begun.pull, true).await?;
                    return Ok(Done::Whole);
                }
                return Err(error);
            }
        };
        let Parts { own, merge_base, others, limits } = parts;
        let all: Vec<&Part> = own.iter().chain(&others).collect();
        if self.conclude(&draft, &all, limits).await?.is_none() {
            return Ok(Done::Later(QUIET));
        }
        self.keep_scans(&begun.pull.head_sha, &merge_base, row.number, &own).await?;
        if awaited {
            self.see(row, row.done_seq, &begun.pull, true).await?;
            return Ok(Done::Later(AGAIN));
        }
        self.settle(row, &begun.pull, true).await?;
        Ok(Done::Whole)
    }

    /// Whether a delivery named a newer state of a pull request than the provider returns. If the evaluation of the
    /// named head began after that delivery, the provider has returned this head since, so its current answer is newer.
    async fn is_awaited(&self, row: &entity::pull::Model, pull: &Pull) -> Result<bool, ServiceError> {
        // A delivery may abbreviate the commit.
        let differs = |reported: &str, now: &str| !now.starts_with(reported);
        if now_ms().saturating_sub(row.reported_at) >= STALE {
            return Ok(false);
        }
        if differs(&row.reported_sha, &pull.head_sha) {
            let checks = self.0.store.checks();
            let of_head = checks.of_commit(&row.integration_id, &row.repository, &row.reported_sha).await?;
            return Ok(!of_head.iter().any(|it| it.updated_at >= row.reported_at));
        }
        Ok(!row.reported_ref.is_empty() && row.reported_ref != pull.base_ref)
    }

    /// Runs `work` for as long as this evaluation holds the commit.
    async fn while_held(
        &self,
        held: &Desired,
        fence: i64,
        work: impl Future<Output = Result<Judged, ServiceError>>,
    ) -> Result<Judged, ServiceError> {
        let mut beats = JoinSet::new();
        let (service, id) = (self.clone(), held.id.clone());
        // A separate task, so that computations do not delay the heartbeat.
        beats.spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                // If the database does not respond, the next heartbeat detects the loss of the commit.
                if let Ok(false) = service.0.store.checks().keep(&id, fence).await {
                    return;
                }
            }
        });
        tokio::select! {
            judged = work => judged,
            _ = beats.join_next() => Ok(Judged::Lost),
        }
    }

    /// Releases a commit that could not be judged. The check shows the reason from the attempt `FAILING` on, or if no
    /// attempt follows.
    async fn let_fail(
        &self,
        draft: &Draft,
        held: &Desired,
        error: &ServiceError,
        attempt: Attempt,
        is_over: bool,
    ) -> Result<(), ServiceError> {
        let checks = self.0.store.checks();
        if is_over || (attempt.number >= FAILING && error.pause().is_none()) {
            let more = self.more(draft);
            checks.conclude(&draft.failed(&error.to_string(), &more, !is_over)).await?;
        } else {
            checks.release(&held.id, draft.fence).await?;
        }
        Ok(())
    }

    /// Returns when the pull request no longer has the judged state. The provider is asked, since a delivery may be
    /// old.
    async fn newer_state(&self, adapter: &Adapter, begun: &Begun<'_>) -> Result<(), ServiceError> {
        let mut seen = begun.row.dirty_seq;
        loop {
            tokio::time::sleep(LOOK).await;
            let Ok(row) = self.0.store.pulls().get(&begun.row.id).await else { continue };
            if row.dirty_seq == seen {
                continue;
            }
            seen = row.dirty_seq;
            let number = row.number.to_string();
            let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &number).await;
            // If the provider does not respond, the evaluation continues.
            let Ok(Some(now)) = adapter.read(answer) else { continue };
            let judged = &begun.pull;
            if !now.open || now.head_sha != judged.head_sha || now.base_ref != judged.base_ref {
                return Ok(());
            }
        }
    }

    /// Judges the pull request, and every other open one with the same head, since they share the check.
    async fn judge_all(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
        begun: &Begun<'_>,
        draft: &mut Draft,
    ) -> Result<Judged, ServiceError> {
        let (row, pull) = (begun.row, &begun.pull);
        let merge_base = self.merge_base(adapter, &row.repository, pull).await?;
        let change = Commits {
            integration,
            repository: &row.repository,
            head_repository: adapter.repository_of_head(&row.repository, pull),
            head_sha: &pull.head_sha,
            merge_base: &merge_base,
            sources: &begun.sources,
            name: None,
        };
        let own = self.judge_change(adapter, &change).await?;
        let mut others = Vec::new();
        for (number, other) in self.others(adapter, integration, begun).await? {
            let sources = self.sources_for(integration, &row.repository, &other.base_ref).await?;
            draft.pulls.push(number);
            if sources.is_empty() {
                continue;
            }
            let merge_base = self.merge_base(adapter, &row.repository, &other).await?;
            let name = Some(format!("#{number}"));
            let head_repository = adapter.repository_of_head(&row.repository, &other);
            let change =
                Commits { head_repository, merge_base: &merge_base, sources: &sources, name, ..change };
            others.extend(self.judge_change(adapter, &change).await?);
        }
        draft.pulls.sort_unstable();
        Ok(Judged::Parts(Parts { own, merge_base, others, limits: adapter.limits }))
    }

    /// The other open pull requests with the same head: those that the provider lists, and those in the database, since
    /// either of them may be late.
    async fn others(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
        begun: &Begun<'_>,
    ) -> Result<Vec<(i64, Pull)>, ServiceError> {
        let (row, head) = (begun.row, &begun.pull.head_sha);
        let answer = adapter.provider.pulls_of_commit(&adapter.tenant, &row.repository, head).await;
        let numbered = |it: Pull| Some((it.id.parse::<i64>().ok()?, it));
        let mut all: Vec<(i64, Pull)> = adapter.read(answer)?.into_iter().filter_map(numbered).collect();
        let listed: BTreeSet<i64> = all.iter().map(|(number, _)| *number).collect();
        for known in self.0.store.pulls().open(&integration.id, &row.repository).await? {
            let has_head = known.head_sha == *head || known.reported_sha == *head;
            if !has_head || listed.contains(&known.number) {
                continue;
            }
            let number = known.number.to_string();
            let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &number).await;
            all.extend(adapter.read(answer)?.map(|it| (known.number, it)));
        }
        all.retain(|(number, it)| *number != row.number && it.open && it.head_sha == *head);
        all.sort_by_key(|(number, _)| *number);
        all.dedup_by_key(|(number, _)| *number);
        Ok(all)
    }

    /// Evaluates a commit of a merge queue against its target branch.
    pub(crate) async fn evaluate_group(
        &self,
        integration: &str,
        group: &MergeGroup,
        attempt: Attempt,
    ) -> Result<Done, ServiceError> {
        let Some(_place) = self.0.evaluations.take(integration) else { return Ok(Done::Later(QUIET)) };
        let integration = match self.0.store.integrations().get(integration).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        let sources = self.sources_for(&integration, &group.repository, &group.base_ref).await?;
        if sources.is_empty() || !works(&integration) {
            return Ok(Done::Whole);
        }
        let draft = Draft::new(self, &integration, &group.repository, &group.head_sha, attempt.fence);
        if let Some(why) = self.over_budget(&integration.id).await? {
            self.0.store.checks().note(&draft.failed(&why, &self.more(&draft), true)).await?;
            return Ok(Done::Later(SPENT));
        }
        let begun = self.0.store.checks().begin(&draft.running(), attempt.number <= FAILING).await?;
        let Some(held) = begun else { return Ok(Done::Later(QUIET)) };
        let work = async {
            let adapter = self.of_integration(&integration).await?;
            let merge_base = self.base_of_group(&adapter, group).await?;
            let change = Commits {
                integration: &integration,
                repository: &group.repository,
                head_repository: &group.repository,
                head_sha: &group.head_sha,
                merge_base: &merge_base,
                sources: &sources,
                name: None,
            };
            let own = self.judge_change(&adapter, &change).await?;
            Ok(Judged::Parts(Parts { own, merge_base, others: Vec::new(), limits: adapter.limits }))
        };
        match Box::pin(self.while_held(&held, attempt.fence, work)).await {
            Ok(Judged::Parts(Parts { own, limits, .. })) => {
                let all: Vec<&Part> = own.iter().collect();
                let concluded = self.conclude(&draft, &all, limits).await?;
                Ok(if concluded.is_some() { Done::Whole } else { Done::Later(QUIET) })
            }
            Ok(Judged::Outdated | Judged::Lost) => Ok(Done::Later(QUIET)),
            Err(error) => {
                self.let_fail(&draft, &held, &error, attempt, attempt.last).await?;
                Err(error)
            }
        }
    }

    /// Writes the error to the check of the head that a delivery named, if the pull request could not be fetched and
    /// the head has no check yet.
    async fn note_failing(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        error: &ServiceError,
    ) -> Result<(), ServiceError> {
        let checks = self.0.store.checks();
        let reported = &row.reported_sha;
        if !is_whole(reported)
            || !checks.of_commit(&integration.id, &row.repository, reported).await?.is_empty()
            || self.sources_for(integration, &row.repository, &row.reported_ref).await?.is_empty()
        {
            return Ok(());
        }
        let mut draft = Draft::new(self, integration, &row.repository, reported, 0);
        draft.pulls.push(row.number);
        checks.note(&draft.failed(&error.to_string(), &self.more(&draft), true)).await?;
        Ok(())
    }

    /// Writes to the check of a pull request's head that the evaluation failed, and why. The check never stays open or
    /// passes.
    pub(crate) async fn fail_pull(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        why: &str,
    ) -> Result<(), ServiceError> {
        let adapter = self.of_integration(integration).await?;
        let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &row.number.to_string()).await;
        let pull = match adapter.read(answer) {
            Ok(Some(pull)) if pull.open => pull,
            Ok(_) => return self.settle(row, &Pull::default(), false).await,
            // Without an answer of the provider, the last state from a delivery or an evaluation is used.
            Err(_) => {
                let known = |reported: &str, seen: &str| {
                    if reported.is_empty() { seen.to_owned() } else { reported.to_owned() }
                };
                let reported = if is_whole(&row.reported_sha) { row.reported_sha.as_str() } else { "" };
                Pull {
                    head_sha: known(reported, &row.head_sha),
                    base_ref: known(&row.reported_ref, &row.base_ref),
                    ..Pull::default()
                }
            }
        };
        if pull.head_sha.is_empty() {
            return Ok(());
        }
        if self.sources_for(integration, &row.repository, &pull.base_ref).await?.is_empty() {
            return self.settle(row, &pull, true).await;
        }
        let mut draft = Draft::new(self, integration, &row.repository, &pull.head_sha, 0);
        draft.pulls.push(row.number);
        // If another evaluation holds the commit, it writes the result.
        self.0.store.checks().note(&draft.failed(why, &self.more(&draft), false)).await?;
        self.settle(row, &pull, true).await
    }
}

/// Whether a commit of a delivery is not abbreviated.
fn is_whole(sha: &str) -> bool {
    sha.len() >= 40
}

/// Whether requests are sent to the provider of an integration.
fn works(integration: &entity::integration::Model) -> bool {
    !matches!(integration.status, IntegrationStatus::Suspended | IntegrationStatus::NotInstalled)
}
