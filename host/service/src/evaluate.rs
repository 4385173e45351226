//! The evaluation of a pull request: what it brings in that its target does not have yet.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palisade_domain::{Missing, Pull, Report, Severity, Verdict};
use palisade_report::CheckPart;
use palisade_scan::{Base, Environments, RepositoryConfig, Request};
use palisade_source::{Snapshot, TreePath, is_there};
use palisade_store::repository::pulls::Seen;
use palisade_store::{CheckState, IntegrationStatus, StoreError, entity};

use crate::adapter::Adapter;
use crate::check::{Draft, NAME};
use crate::error::ServiceError;
use crate::folders;
use crate::pattern::BranchPattern;
use crate::service::{Evaluated, Service, lock};
use crate::touched::touched;

/// How often a running evaluation looks whether there is a newer head.
const LOOK: Duration = Duration::from_millis(500);
/// In a burst of pushes: how long it must be quiet before the next evaluation begins, and the longest wait for that.
const QUIET: Duration = Duration::from_secs(1);
const BURST: Duration = Duration::from_secs(25);

/// At which try a pull request is believed not to be there: a provider may tell of one before all of its own servers
/// know it. With the pauses between tries that is half a minute.
const UNKNOWN: i32 = 6;

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
    /// Grows from job to job and from try to try, so that what a stopped host writes late changes nothing.
    pub(crate) fence: i64,
    /// Which one it is, from 1.
    pub(crate) number: i32,
    /// Whether no other try follows.
    pub(crate) last: bool,
}

/// More tries than any job has.
pub(crate) const TRIES: i64 = 1_000;

/// The fence of a try at a job: jobs are numbered by the database as they come.
pub(crate) fn fence(job: i64, attempt: i64) -> i64 {
    job.saturating_mul(TRIES).saturating_add(attempt)
}

/// One source's say on one pull request.
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) report: Report,
    pub(crate) verdict: Verdict,
    pub(crate) source: String,
    /// Whether anything under the source's folders was changed.
    pub(crate) touched: bool,
}

/// A pull request as it was when its evaluation began.
struct Begun {
    row: entity::pull::Model,
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
            return Ok(Done::Later(QUIET));
        }
        let integration = match store.integrations().get(integration).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        if integration.status == IntegrationStatus::Suspended
            || integration.status == IntegrationStatus::NotInstalled
        {
            self.settle(&row, &Pull::default(), row.open).await?;
            return Ok(Done::Whole);
        }
        let adapter = self.of_integration(&integration).await?;
        match self.evaluate_now(&adapter, &integration, &row, attempt).await {
            Ok(()) => Ok(Done::Whole),
            Err(error) => {
                // A pause that the provider asks for uses no try up.
                if attempt.last && error.pause().is_none() {
                    self.fail_pull(&integration, &row, &error.to_string(), attempt.fence).await?;
                }
                Err(error)
            }
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

    async fn settle(&self, row: &entity::pull::Model, pull: &Pull, open: bool) -> Result<(), ServiceError> {
        let kept = |new: &str, old: &str| if new.is_empty() { old.to_owned() } else { new.to_owned() };
        let seen = Seen {
            head_sha: kept(&pull.head_sha, &row.head_sha),
            base_ref: kept(&pull.base_ref, &row.base_ref),
            title: kept(&pull.title, &row.title),
            author: kept(&pull.author, &row.author),
            open,
        };
        self.0.store.pulls().settle(&row.id, row.dirty_seq, &seen).await?;
        Ok(())
    }

    async fn evaluate_now(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        Attempt { fence, number, .. }: Attempt,
    ) -> Result<(), ServiceError> {
        let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &row.number.to_string()).await;
        let pull = adapter.read(answer)?;
        if pull.is_none() && number < UNKNOWN {
            let why = format!("`{}` has no pull request {}, or not yet", row.repository, row.number);
            return Err(palisade_domain::CallError::Unavailable(why).into());
        }
        let Some(pull) = pull.filter(|it| it.open) else {
            self.supersede(integration, row, "", fence).await?;
            return self.settle(row, &Pull::default(), false).await;
        };
        self.supersede(integration, row, &pull.head_sha, fence).await?;
        let sources = self.sources_for(integration, &row.repository, &pull.base_ref).await?;
        if sources.is_empty() {
            return self.settle(row, &pull, true).await;
        }
        let mut draft = Draft::new(self, integration, &row.repository, &pull.head_sha, fence);
        draft.pulls.push(row.number);
        if !self.desire_running(&draft).await? {
            // A newer evaluation has taken over.
            return Ok(());
        }
        let begun = Begun { row: row.clone(), pull, sources };
        let parts = tokio::select! {
            parts = self.judge_all(adapter, integration, &begun, &mut draft) => parts?,
            newer = self.newer_head(adapter, &begun) => {
                newer?;
                return Ok(());
            }
        };
        self.conclude(&draft, &parts).await?;
        self.keep_scans(&begun.pull, row.number, &parts).await?;
        self.settle(row, &begun.pull, true).await
    }

    /// Ends when the pull request has another head than the one that is judged: what is asked of the provider, since
    /// what a delivery says may be old.
    async fn newer_head(&self, adapter: &Adapter, begun: &Begun) -> Result<(), ServiceError> {
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
            if now.head_sha != begun.pull.head_sha {
                return Ok(());
            }
        }
    }

    /// Sources of a repository that look at a target branch.
    async fn sources_for(
        &self,
        integration: &entity::integration::Model,
        repository: &str,
        branch: &str,
    ) -> Result<Vec<entity::source::Model>, ServiceError> {
        let mut all = self.0.store.sources().of_repository(&integration.id, repository).await?;
        all.retain(|it| {
            !it.paused && BranchPattern::new(&it.branch_pattern).is_ok_and(|pattern| pattern.matches(branch))
        });
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Judges the pull request, and every other one with the same head, since they share the check.
    async fn judge_all(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
        begun: &Begun,
        draft: &mut Draft,
    ) -> Result<Vec<Part>, ServiceError> {
        let mut parts = self.judge_pull(adapter, begun, false).await?;
        let others = self.0.store.pulls().open(&integration.id, &begun.row.repository).await?;
        for other in others {
            if other.number == begun.row.number || other.head_sha != begun.pull.head_sha {
                continue;
            }
            let answer =
                adapter.provider.pull(&adapter.tenant, &other.repository, &other.number.to_string()).await;
            let Some(pull) = adapter.read(answer)? else { continue };
            if !pull.open || pull.head_sha != begun.pull.head_sha {
                continue;
            }
            let sources = self.sources_for(integration, &other.repository, &pull.base_ref).await?;
            draft.pulls.push(other.number);
            parts.extend(self.judge_pull(adapter, &Begun { row: other, pull, sources }, true).await?);
        }
        draft.pulls.sort_unstable();
        Ok(parts)
    }

    async fn judge_pull(
        &self,
        adapter: &Adapter,
        begun: &Begun,
        named: bool,
    ) -> Result<Vec<Part>, ServiceError> {
        let pull = &begun.pull;
        let wanted = [pull.head_sha.clone(), pull.merge_base_sha.clone()];
        let commits = self.commits(adapter, &begun.row.repository, &wanted).await?;
        let [head, base] = commits.snapshots.as_slice() else {
            return Err(ServiceError::internal("two commits were asked for"));
        };
        let mut parts = Vec::new();
        for source in &begun.sources {
            let written: Vec<String> =
                serde_json::from_str(&source.folders).map_err(ServiceError::internal)?;
            let all = folders::normalised(&written)?;
            for folder in &all {
                let mut title = source.name.clone();
                if all.len() > 1 {
                    title = format!("{title}: /{folder}");
                }
                if named {
                    title = format!("{title} (#{})", begun.row.number);
                }
                let (one, other, at) = (Arc::clone(head), Arc::clone(base), folder.clone());
                let touched = tokio::task::spawn_blocking(move || touched(one.as_ref(), other.as_ref(), &at));
                let touched = touched.await.map_err(ServiceError::internal)?;
                let (report, verdict) = self.judge(source, folder, head, base, &wanted).await?;
                parts.push(Part { title, report, verdict, source: source.id.clone(), touched });
            }
        }
        Ok(parts)
    }

    /// Scans head and merge base of one folder, and marks what is new. The repository's own configuration is read
    /// from the base: a change cannot weaken its own gate.
    async fn judge(
        &self,
        source: &entity::source::Model,
        folder: &TreePath,
        head: &Arc<dyn Snapshot>,
        base: &Arc<dyn Snapshot>,
        [head_sha, base_sha]: &[String; 2],
    ) -> Result<(Report, Verdict), ServiceError> {
        let of_base = self.request(source, folder, base, base, base_sha)?;
        let mut of_head = self.request(source, folder, head, base, head_sha)?;
        if of_head.gate.missing == Missing::All {
            of_head.gate.missing = Missing::New;
        }
        let gate = of_head.gate;
        let catalog = &self.0.catalog;
        let baseline = if is_there(base.as_ref(), folder) {
            of_head.before = palisade_scan::roots(catalog, &of_base).await.map_err(ServiceError::internal)?;
            let report = palisade_scan::scan(catalog, &of_base).await.map_err(ServiceError::internal)?;
            palisade_domain::Baseline::of(&report)
        } else {
            palisade_domain::Baseline::default()
        };
        let mut report = if is_there(head.as_ref(), folder) {
            palisade_scan::scan(catalog, &of_head).await.map_err(ServiceError::internal)?
        } else {
            // The folder is gone: nothing of it can be wrong any more.
            let root = TreePath::default();
            let config =
                RepositoryConfig::parse("exclude = [\"**\"]", "", "").map_err(ServiceError::internal)?;
            let nothing = Request { path: root, config, ..of_head };
            palisade_scan::scan(catalog, &nothing).await.map_err(ServiceError::internal)?
        };
        let trees = Some([head.as_ref(), base.as_ref()]);
        let base = Base { baseline: &baseline, name: base_sha, trees };
        palisade_scan::compare(&mut report, base, source.allow_new_suppressions, gate);
        palisade_scan::accept(&mut report, &self.accepted_risks(source).await?);
        let verdict = gate.judge(&report);
        Ok((report, verdict))
    }

    /// A scan of a folder of a commit.
    pub(crate) fn request(
        &self,
        source: &entity::source::Model,
        folder: &TreePath,
        snapshot: &Arc<dyn Snapshot>,
        configured_by: &Arc<dyn Snapshot>,
        rev: &str,
    ) -> Result<Request, ServiceError> {
        let config =
            RepositoryConfig::find(configured_by.as_ref(), folder).map_err(ServiceError::internal)?;
        let asked: Severity = source
            .fail_on
            .parse()
            .map_err(|_| ServiceError::invalid("fail_on", format!("`{}` is no severity", source.fail_on)))?;
        // The stricter of both counts, as with the command line.
        let fail_on = config.fail_on.as_ref().map_or(asked, |it| it.value.min(asked));
        let strict = source.strict || config.strict.as_ref().is_some_and(|it| it.value);
        let missing = if strict { Missing::All } else { Missing::Failed };
        let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
        let environments =
            Environments::find(snapshot.as_ref(), folder, &[]).map_err(ServiceError::internal)?;
        let mut request = Request::new(Arc::clone(snapshot), folder.clone(), today);
        request.target.rev = Some(rev.to_owned());
        Ok(Request {
            config,
            environments,
            gate: palisade_domain::Gate { fail_on: Some(fail_on), missing },
            jobs: self.0.options.jobs,
            cache: self.0.cache.clone(),
            ..request
        })
    }

    /// Says on the head of a pull request that it could not be evaluated, and why. Never green, never open.
    pub(crate) async fn fail_pull(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        why: &str,
        fence: i64,
    ) -> Result<(), ServiceError> {
        let adapter = self.of_integration(integration).await?;
        let answer = adapter.provider.pull(&adapter.tenant, &row.repository, &row.number.to_string()).await;
        let pull = match adapter.read(answer) {
            Ok(Some(pull)) if pull.open => pull,
            Ok(_) => return self.settle(row, &Pull::default(), false).await,
            // The provider does not say: what was seen of it last is all there is to write on.
            Err(_) if row.head_sha.is_empty() => return Ok(()),
            Err(_) => {
                Pull { head_sha: row.head_sha.clone(), base_ref: row.base_ref.clone(), ..Pull::default() }
            }
        };
        if self.sources_for(integration, &row.repository, &pull.base_ref).await?.is_empty() {
            return self.settle(row, &pull, true).await;
        }
        let mut draft = Draft::new(self, integration, &row.repository, &pull.head_sha, fence);
        draft.pulls.push(row.number);
        self.desire_failed(&draft, why).await?;
        self.settle(row, &pull, true).await
    }

    /// Closes the checks of earlier heads, unless another pull request still has them: of the one that was evaluated
    /// last, and of all whose evaluation was cut off. Without a head the pull request is closed.
    async fn supersede(
        &self,
        integration: &entity::integration::Model,
        row: &entity::pull::Model,
        head_sha: &str,
        fence: i64,
    ) -> Result<(), ServiceError> {
        let checks = self.0.store.checks();
        let mut earlier = checks.running(&integration.id, &row.repository).await?;
        earlier.retain(|it| {
            serde_json::from_str::<Vec<i64>>(&it.pulls).is_ok_and(|pulls| pulls.contains(&row.number))
        });
        if !row.head_sha.is_empty() && !head_sha.is_empty() {
            earlier.extend(checks.of_commit(&integration.id, &row.repository, &row.head_sha).await?);
        }
        let open = self.0.store.pulls().open(&integration.id, &row.repository).await?;
        let of_others = |sha: &str| open.iter().any(|it| it.number != row.number && it.head_sha == sha);
        let mut done: Vec<&str> = Vec::new();
        for check in &earlier {
            let is_earlier = check.name == NAME && check.head_sha != head_sha && !of_others(&check.head_sha);
            if is_earlier && check.state != CheckState::Superseded && !done.contains(&check.id.as_str()) {
                done.push(&check.id);
                self.desire_superseded(check, head_sha, fence).await?;
            }
        }
        Ok(())
    }
}

/// The parts as a report wants them.
pub(crate) fn check_parts(parts: &[Part]) -> Vec<CheckPart<'_>> {
    parts.iter().map(|it| CheckPart { title: &it.title, report: &it.report, verdict: it.verdict }).collect()
}
