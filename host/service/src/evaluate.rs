//! The evaluation of a pull request: what it brings in that its target does not have yet.
//!
//! A commit has one check, and may be the head of several pull requests. So an evaluation takes the commit first, for
//! as long as it says that it is at work, judges all open pull requests that have it, and concludes only while it still
//! has the commit. One that could not take it, or has lost it, is done again: nothing is settled that was not judged.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use palisade_domain::{CheckLimits, MergeGroup, Pull};
use palisade_store::repository::checks::Desired;
use palisade_store::repository::pulls::Seen;
use palisade_store::{CheckState, IntegrationStatus, StoreError, entity, now_ms};
use tokio::task::JoinSet;

use crate::adapter::Adapter;
use crate::budget::SPENT;
use crate::check::{Draft, NAME};
use crate::error::ServiceError;
use crate::judge::{Commits, Part};
use crate::lock::lock;
use crate::service::{Evaluated, Service};

/// How often a running evaluation looks whether there is a newer head.
const LOOK: Duration = Duration::from_millis(500);
/// How often it says that it is at work.
const BEAT: Duration = Duration::from_secs(1);
/// In a burst of pushes: how long it must be quiet before the next evaluation begins, and the longest wait for that.
const QUIET: Duration = Duration::from_secs(1);
const BURST: Duration = Duration::from_secs(25);

/// At which try a pull request is believed not to be there: a provider may tell of one before all of its own servers
/// know it. With the pauses between tries that is half a minute.
const UNKNOWN: i32 = 6;
/// At which try the check says what goes wrong, while it is tried again.
const FAILING: i32 = 3;
/// For how long a provider may answer with an older state than a delivery named, in milliseconds, and how often it is
/// asked meanwhile.
const STALE: i64 = 60_000;
const AGAIN: Duration = Duration::from_secs(2);

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// All of it.
    Whole,
    /// It is to be done again after a pause, which is no failure.
    Later(Duration),
}

/// Which try at a job it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// The job.
    pub(crate) job: i64,
    /// No other try, of this job or another, has the same.
    pub(crate) fence: i64,
    /// Which one it is, from 1, without those that a dying process cut off.
    pub(crate) number: i32,
    /// Whether no other try follows.
    pub(crate) last: bool,
}

/// More tries than any job has.
const TRIES: i64 = 1_000;

/// The fence of a try at a job.
pub(crate) fn fence(job: i64, attempt: i64) -> i64 {
    job.saturating_mul(TRIES).saturating_add(attempt)
}

/// What all open pull requests of a commit bring in.
struct Parts {
    /// Of the pull request that is evaluated.
    own: Vec<Part>,
    /// Where it and its target parted.
    merge_base: String,
    /// Of the others with the same head.
    others: Vec<Part>,
    /// The most that the provider takes of the check.
    limits: CheckLimits,
}

/// How judging a commit ended.
enum Judged {
    Parts(Parts),
    /// There is a newer state of the pull request, for which another job waits.
    Outdated,
    /// The commit was lost to another evaluation, or what is judged counts no more.
    Lost,
}

/// A pull request with what it is judged by.
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
            // Where a change came in while a job looked, a newer one waits for the pull request: one is enough.
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
            // A pause that the provider asks for uses no try up.
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

    /// Whether a pull request is to be evaluated now. In a burst of pushes it waits until there was none between two
    /// looks, but not for long.
    fn is_quiet(&self, key: &str, changes: i64) -> bool {
        let mut evaluated = lock(&self.0.evaluated);
        // What lies further back than a burst is asked for by nobody.
        evaluated.retain(|_, it| it.at.elapsed() < BURST);
        let now = Instant::now();
        if let Some(before) = evaluated.get_mut(key) {
            if before.changes != changes {
                (before.changes, before.since) = (changes, now);
                return false;
            }
            // Several jobs may look at it, one right after the other.
            if before.since.elapsed() < QUIET {
                return false;
            }
        }
        evaluated.insert(key.to_owned(), Evaluated { at: now, changes, since: now });
        true
    }

    /// Notes what was seen of a pull request; `seq` is up to which change of it this is all there is to do.
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
            // What the provider shows was judged before; it will show what the delivery named.
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
        // While it fails, the check goes on to say why.
        let says = attempt.number <= FAILING;
        let Some(held) = self.0.store.checks().begin(&draft.running(), says).await? else {
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

    /// Whether a delivery named a newer state of a pull request than the provider does. A head whose evaluation began after
    /// that delivery was shown by the provider since, so that what it shows now is newer.
    async fn is_awaited(&self, row: &entity::pull::Model, pull: &Pull) -> Result<bool, ServiceError> {
        let differs = |reported: &str, now: &str| !reported.is_empty() && reported != now;
        if now_ms().saturating_sub(row.reported_at) >= STALE {
            return Ok(false);
        }
        if differs(&row.reported_sha, &pull.head_sha) {
            let checks = self.0.store.checks();
            let of_head = checks.of_commit(&row.integration_id, &row.repository, &row.reported_sha).await?;
            return Ok(!of_head.iter().any(|it| it.updated_at >= row.reported_at));
        }
        Ok(differs(&row.reported_ref, &pull.base_ref))
    }

    /// Does something for as long as it has the commit.
    async fn while_held(
        &self,
        held: &Desired,
        fence: i64,
        work: impl Future<Output = Result<Judged, ServiceError>>,
    ) -> Result<Judged, ServiceError> {
        let mut beats = JoinSet::new();
        let (service, id) = (self.clone(), held.id.clone());
        // A task of its own, so that nothing that computes keeps it from its beat.
        beats.spawn(async move {
            loop {
                tokio::time::sleep(BEAT).await;
                // Where the database does not answer, whoever takes over is found out by the next beat.
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

    /// Lets go of a commit that could not be judged. The check says why when it is not the first time, or there is no
    /// other try.
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

    /// Ends when the pull request is not what is judged any more: what is asked of the provider, since what a delivery
    /// says may be old.
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
            // Where it does not say, what runs goes on.
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
            let change = Commits { merge_base: &merge_base, sources: &sources, name, ..change };
            others.extend(self.judge_change(adapter, &change).await?);
        }
        draft.pulls.sort_unstable();
        Ok(Judged::Parts(Parts { own, merge_base, others, limits: adapter.limits }))
    }

    /// The other open pull requests with the same head: those that the provider names, and those that are known here,
    /// as one or the other may know of one later.
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

    /// Evaluates a commit of a merge queue against the branch that it is to become.
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
            let change = Commits {
                integration: &integration,
                repository: &group.repository,
                head_sha: &group.head_sha,
                merge_base: &group.base_sha,
                sources: &sources,
                name: None,
            };
            let own = self.judge_change(&adapter, &change).await?;
            let merge_base = group.base_sha.clone();
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

    /// Says on the head that a delivery named that the pull request could not even be looked at, where nothing stands
    /// there yet.
    async fn note_failing(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        error: &ServiceError,
    ) -> Result<(), ServiceError> {
        let checks = self.0.store.checks();
        let told = &row.reported_sha;
        if told.is_empty()
            || !checks.of_commit(&integration.id, &row.repository, told).await?.is_empty()
            || self.sources_for(integration, &row.repository, &row.reported_ref).await?.is_empty()
        {
            return Ok(());
        }
        let mut draft = Draft::new(self, integration, &row.repository, told, 0);
        draft.pulls.push(row.number);
        checks.note(&draft.failed(&error.to_string(), &self.more(&draft), true)).await?;
        Ok(())
    }

    /// Says on the head of a pull request that it could not be evaluated, and why. Never green, never open.
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
            // The provider does not say: what was told or seen of it last is all there is to write on.
            Err(_) => {
                let known =
                    |told: &str, seen: &str| if told.is_empty() { seen.to_owned() } else { told.to_owned() };
                Pull {
                    head_sha: known(&row.reported_sha, &row.head_sha),
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
        // Another evaluation that has the commit says how it ends.
        self.0.store.checks().note(&draft.failed(why, &self.more(&draft), false)).await?;
        self.settle(row, &pull, true).await
    }

    /// Closes the checks of earlier heads, unless another pull request still has them: of the one that was evaluated
    /// last, and of all whose evaluation was cut off. Without a state the pull request is closed.
    async fn supersede(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        now: Option<&Pull>,
        awaited: bool,
    ) -> Result<(), ServiceError> {
        let head = now.map_or("", |it| it.head_sha.as_str());
        let checks = self.0.store.checks();
        let mut earlier = checks.running(&integration.id, &row.repository).await?;
        earlier.retain(|it| it.pulls.contains(&row.number));
        if !row.head_sha.is_empty() && now.is_some() {
            earlier.extend(checks.of_commit(&integration.id, &row.repository, &row.head_sha).await?);
        }
        let why = match now {
            None => "The pull request was closed before this came to its end.".to_owned(),
            Some(_) => format!("Superseded by {head}: the pull request has a newer commit."),
        };
        // The one that the delivery named is newer than what the provider shows.
        let told = awaited.then_some(row.reported_sha.as_str());
        earlier.retain(|it| it.head_sha != head && Some(it.head_sha.as_str()) != told);
        self.close(integration, row, earlier, &why).await
    }

    /// Closes the check of a pull request at whose target no source looks any more.
    async fn let_go(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        pull: &Pull,
    ) -> Result<(), ServiceError> {
        let mut open =
            self.0.store.checks().of_commit(&integration.id, &row.repository, &pull.head_sha).await?;
        open.retain(|it| matches!(it.state, CheckState::Queued | CheckState::Running));
        self.close(integration, row, open, "No Git source looks at the target of the pull request.").await
    }

    /// Closes checks, but for those whose commit another pull request has.
    async fn close(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        checks: Vec<entity::check_run::Model>,
        why: &str,
    ) -> Result<(), ServiceError> {
        let open = self.0.store.pulls().open(&integration.id, &row.repository).await?;
        let has = |it: &entity::pull::Model, sha: &str| it.head_sha == sha || it.reported_sha == sha;
        let of_others = |sha: &str| open.iter().any(|it| it.number != row.number && has(it, sha));
        let mut closed: BTreeSet<&str> = BTreeSet::new();
        for check in &checks {
            let is_open = check.name == NAME && check.state != CheckState::Superseded;
            if is_open && !of_others(&check.head_sha) && closed.insert(&check.id) {
                self.desire_superseded(check, why).await?;
            }
        }
        Ok(())
    }
}

/// Whether anything is asked of the provider for an integration.
fn works(integration: &entity::integration::Model) -> bool {
    !matches!(integration.status, IntegrationStatus::Suspended | IntegrationStatus::NotInstalled)
}
