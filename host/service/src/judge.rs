//! Judges the violations that a change introduces, for each source.

use std::sync::Arc;

use palisade_domain::{MergeGroup, Missing, Pull, Report, Severity, Verdict};
use palisade_modules::{Modules, Resolvers};
use palisade_report::CheckPart;
use palisade_scan::{Change, Environments, RepositoryConfig, Request};
use palisade_source::{Snapshot, TreePath};
use palisade_store::entity;

use crate::adapter::Adapter;
use crate::error::ServiceError;
use crate::folders;
use crate::pattern::BranchPattern;
use crate::service::Service;
use crate::texts::Texts;
use crate::touched::touched;

/// The result of one source for a change.
pub(crate) struct Part {
    pub(crate) title: String,
    pub(crate) report: Report,
    pub(crate) verdict: Verdict,
    pub(crate) source: String,
    /// Whether a file in the source's folders has changed.
    pub(crate) touched: bool,
    /// The files of the head whose code the check shows.
    pub(crate) texts: Texts,
}

/// A change: of a pull request, or of a merge queue.
pub(crate) struct Commits<'a> {
    pub(crate) integration: &'a entity::integration::Model,
    pub(crate) repository: &'a str,
    /// The repository that has the head: that of a fork, if its commits are not in the target.
    pub(crate) head_repository: &'a str,
    pub(crate) head_sha: &'a str,
    /// The merge base of the change and its target.
    pub(crate) merge_base: &'a str,
    pub(crate) sources: &'a [entity::source::Model],
    /// Distinguishes its parts from those of another change with the same head.
    pub(crate) name: Option<String>,
}

impl Service {
    /// The sources of a repository whose pattern matches a target branch.
    pub(crate) async fn sources_for(
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

    /// Returns the merge base of a pull request and its target.
    ///
    /// # Errors
    /// [`ServiceError::Unrelated`] if they have no history in common.
    pub(crate) async fn merge_base(
        &self,
        adapter: &Adapter,
        repository: &str,
        pull: &Pull,
    ) -> Result<String, ServiceError> {
        let (head, base, id) = (&pull.head_sha, &pull.base_sha, Some(pull.id.as_str()));
        let answer = adapter.provider.merge_base(&adapter.tenant, repository, head, base, id).await;
        adapter.read(answer)?.ok_or_else(|| ServiceError::Unrelated { branch: pull.base_ref.clone() })
    }

    /// Returns the commit that a merge queue's commit is compared with: the one that the delivery names, otherwise the
    /// merge base with the target branch, so that all changes of the queue before it are judged again.
    pub(crate) async fn base_of_group(
        &self,
        adapter: &Adapter,
        group: &MergeGroup,
    ) -> Result<String, ServiceError> {
        if !group.base_sha.is_empty() {
            return Ok(group.base_sha.clone());
        }
        let unrelated = || ServiceError::Unrelated { branch: group.base_ref.clone() };
        let (repository, head) = (&group.repository, &group.head_sha);
        let answer = adapter.provider.branch(&adapter.tenant, repository, &group.base_ref).await;
        let base = adapter.read(answer)?.ok_or_else(unrelated)?;
        let answer = adapter.provider.merge_base(&adapter.tenant, repository, head, &base, None).await;
        adapter.read(answer)?.ok_or_else(unrelated)
    }

    /// Judges a change for each source and each of its folders.
    pub(crate) async fn judge_change(
        &self,
        adapter: &Adapter,
        change: &Commits<'_>,
    ) -> Result<Vec<Part>, ServiceError> {
        let wanted = [change.head_sha.to_owned(), change.merge_base.to_owned()];
        let commits = self
            .head_and_base(
                adapter,
                (change.head_repository, change.head_sha),
                (change.repository, change.merge_base),
            )
            .await?;
        let [head, base] = commits.snapshots.as_slice() else {
            return Err(ServiceError::internal("two commits were asked for"));
        };
        // Head and base use the same modules.
        let resolvers = self.resolvers()?;
        let mut parts = Vec::new();
        for source in change.sources {
            let all = folders::normalised(&source.folders)?;
            for folder in &all {
                let mut title = source.name.clone();
                if all.len() > 1 {
                    title = format!("{title}: /{folder}");
                }
                if let Some(name) = &change.name {
                    title = format!("{title} ({name})");
                }
                let (one, other, at) = (Arc::clone(head), Arc::clone(base), folder.clone());
                let touched = tokio::task::spawn_blocking(move || touched(one.as_ref(), other.as_ref(), &at));
                let touched = touched.await.map_err(ServiceError::internal)?;
                let _computes = self.0.computing.begin(&change.integration.id).await;
                let (report, verdict) =
                    self.judge(source, folder, head, base, &wanted, resolvers.as_ref()).await?;
                let texts = Texts::read(Arc::clone(head), &report).await?;
                parts.push(Part { title, report, verdict, source: source.id.clone(), touched, texts });
            }
        }
        Ok(parts)
    }

    /// Compares head and merge base of one folder. The repository's configuration is read from the base, so that a
    /// change cannot weaken its own gate.
    async fn judge(
        &self,
        source: &entity::source::Model,
        folder: &TreePath,
        head: &Arc<dyn Snapshot>,
        base: &Arc<dyn Snapshot>,
        [head_sha, base_sha]: &[String; 2],
        resolvers: Option<&Resolvers>,
    ) -> Result<(Report, Verdict), ServiceError> {
        let request = self.request(source, folder, head, base, head_sha, resolvers)?;
        let change = Change {
            allow_new_suppressions: source.allow_new_suppressions,
            accepted: self.accepted_risks(source).await?,
            ..Change::new(Arc::clone(base), base_sha)
        };
        let evaluated = change.evaluate(&self.0.catalog, &request).await;
        let evaluated = evaluated.map_err(|error| ServiceError::caused(&error))?;
        Ok((evaluated.report, evaluated.verdict))
    }

    /// The resolvers of needs from outside of a repository, for one scan.
    pub(crate) fn resolvers(&self) -> Result<Option<Resolvers>, ServiceError> {
        let settings = self.0.options.modules.clone();
        let modules = settings.map(Modules::new).transpose().map_err(ServiceError::internal)?;
        Ok(modules.map(|it| Resolvers::default().with(Arc::new(it))))
    }

    /// The request for a scan of a folder at a commit.
    pub(crate) fn request(
        &self,
        source: &entity::source::Model,
        folder: &TreePath,
        snapshot: &Arc<dyn Snapshot>,
        configured_by: &Arc<dyn Snapshot>,
        rev: &str,
        resolvers: Option<&Resolvers>,
    ) -> Result<Request, ServiceError> {
        let config =
            RepositoryConfig::find(configured_by.as_ref(), folder).map_err(ServiceError::internal)?;
        let asked: Severity = source.fail_on.parse().map_err(|_| {
            ServiceError::invalid("fail_on", format!("invalid severity `{}`", source.fail_on))
        })?;
        // The stricter of both applies, as in the command line.
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
            parameters: palisade_scan::assignments(&source.parameters, "parameters of the source"),
            gate: palisade_domain::Gate { fail_on: Some(fail_on), missing },
            resolvers: resolvers.cloned(),
            jobs: self.0.options.jobs,
            cache: self.0.cache.clone(),
            ..request
        })
    }
}

/// Converts the parts for the report.
pub(crate) fn check_parts<'a>(parts: &[&'a Part]) -> Vec<CheckPart<'a>> {
    let part = |it: &&'a Part| CheckPart {
        title: &it.title,
        report: &it.report,
        verdict: it.verdict,
        sources: &it.texts,
    };
    parts.iter().map(part).collect()
}
