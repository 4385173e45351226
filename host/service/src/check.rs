//! The content of the check on a commit. The publisher sends it to the provider.

use palisade_domain::{CheckLimits, FindingStatus, Severity, SeverityCounts, Verdict};
use palisade_report::{check_annotations, check_body, check_failed, cut};
use palisade_store::repository as store;
use palisade_store::repository::checks::{Desired, NewCheck};
use palisade_store::repository::listed_checks::ListedCheck;
use palisade_store::{CheckState, Conclusion, Page, entity, now_ms};

use crate::error::ServiceError;
use crate::judge::{Part, check_parts};
use crate::service::Service;
use crate::view::{self, List};

/// The name of the check, which users see.
pub const NAME: &str = "Palisade Pull Request Policy Evaluation";
/// The maximum number of annotations of one check, whatever its provider accepts; the body contains the full count.
const MOST_ANNOTATIONS: u32 = 500;

/// A check without content.
pub(crate) struct Draft {
    integration: String,
    repository: String,
    head_sha: String,
    pub(crate) pulls: Vec<i64>,
    pub(crate) fence: i64,
    deadline_at: i64,
}

impl Draft {
    pub(crate) fn new(
        service: &Service,
        integration: &entity::integration::Model,
        repository: &str,
        head_sha: &str,
        fence: i64,
    ) -> Draft {
        let deadline = i64::try_from(service.0.options.deadline.as_millis()).unwrap_or(i64::MAX);
        Draft {
            integration: integration.id.clone(),
            repository: repository.to_owned(),
            head_sha: head_sha.to_owned(),
            pulls: Vec::new(),
            fence,
            deadline_at: now_ms().saturating_add(deadline),
        }
    }

    /// The content while the check waits for its evaluation.
    pub(crate) fn queued(&self) -> NewCheck {
        self.check(CheckState::Queued, "Queued", "The change waits for its evaluation.".to_owned())
    }

    /// The content during the evaluation.
    pub(crate) fn running(&self) -> NewCheck {
        self.check(CheckState::Running, "Evaluating", "The change is being evaluated.".to_owned())
    }

    /// The content if the evaluation failed. It is a failure, never neutral: unscanned changes must not pass.
    pub(crate) fn failed(&self, why: &str, more: &str, tried_again: bool) -> NewCheck {
        let title =
            if tried_again { "The evaluation fails and is tried again" } else { "The evaluation failed" };
        let mut check = self.check(CheckState::Completed, title, check_failed(why, more));
        check.conclusion = Some(Conclusion::Failure);
        check
    }

    fn check(&self, state: CheckState, title: &str, summary: String) -> NewCheck {
        NewCheck {
            integration_id: self.integration.clone(),
            repository: self.repository.clone(),
            head_sha: self.head_sha.clone(),
            name: NAME.to_owned(),
            pulls: self.pulls.clone(),
            state,
            conclusion: None,
            title: title.to_owned(),
            summary,
            annotations: Vec::new(),
            deadline_at: Some(self.deadline_at),
            fence: self.fence,
        }
    }
}

/// A one-line summary of all parts.
fn title(parts: &[&Part]) -> String {
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    if parts.iter().any(|it| it.verdict == Verdict::Incomplete) {
        let files = parts.iter().flat_map(|it| &it.report.coverage).filter(|it| it.new).count() as u64;
        return match files {
            0 => "Some files or controls were not judged".to_owned(),
            _ => format!("{files} file{} not judged", plural(files)),
        };
    }
    if !parts.iter().any(|it| it.touched) {
        return "Nothing under the folders of the Git sources was changed".to_owned();
    }
    let new = |status| {
        let all = parts.iter().flat_map(|it| &it.report.results);
        all.filter(move |it| it.new && it.status == status)
    };
    let mut counts = SeverityCounts::default();
    for finding in new(FindingStatus::Failed) {
        counts.add(finding.severity);
    }
    let counts = Severity::ALL.map(|severity| (counts.of(severity), severity));
    let total: u64 = counts.iter().map(|(count, _)| count).sum();
    if total == 0 {
        let unknown = new(FindingStatus::Unknown).count() as u64;
        return if parts.iter().all(|it| it.verdict == Verdict::Clean) {
            "No new violations".to_owned()
        } else {
            format!("{unknown} new outcome{} cannot be known", plural(unknown))
        };
    }
    let named = counts.iter().filter(|(count, _)| *count > 0);
    let named: Vec<String> = named.map(|(count, severity)| format!("{count} {severity}")).collect();
    format!("{total} new violation{}: {}", plural(total), named.join(", "))
}

/// Checks on commits.
pub struct Checks<'a> {
    service: &'a Service,
    rows: store::checks::Checks<'a>,
}

impl Service {
    /// Returns the checks on commits.
    pub fn checks(&self) -> Checks<'_> {
        Checks { service: self, rows: self.0.store.checks() }
    }
}

impl Checks<'_> {
    /// Lists the checks of an integration, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, integration: &str, page: &Page) -> Result<List<view::Check>, ServiceError> {
        let rows = self.rows.listed(integration, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Check::from))
    }

    /// Lists the checks of a commit: one for each integration that has its repository.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn of_commit(&self, repository: &str, sha: &str) -> Result<List<view::Check>, ServiceError> {
        let mut all = Vec::new();
        for integration in self.service.each_integration().await? {
            let rows = self.rows.of_commit(&integration.id, repository, sha).await?;
            all.extend(rows.into_iter().map(|it| view::Check::from(ListedCheck::from(it))));
        }
        Ok(List::whole(all))
    }

    /// Returns the check with this id, with its content.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::WholeCheck, ServiceError> {
        Ok(self.rows.get(id).await?.into())
    }
}

impl Service {
    /// The URL with more information on a check.
    pub(crate) fn more(&self, draft: &Draft) -> String {
        self.0.options.page(&format!("checks?repository={}&sha={}", draft.repository, draft.head_sha))
    }

    /// Writes the result of an evaluation within the provider's limits, if the evaluation still holds the commit.
    pub(crate) async fn conclude(
        &self,
        draft: &Draft,
        parts: &[&Part],
        limits: CheckLimits,
    ) -> Result<Option<Desired>, ServiceError> {
        let size = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
        let reports: Vec<_> = parts.iter().map(|it| &it.report).collect();
        let most = size(limits.annotations.min(MOST_ANNOTATIONS));
        let (annotations, count) = check_annotations(&reports, most, size(limits.message));
        let mut notes = Vec::new();
        if !parts.iter().any(|it| it.touched) {
            notes.push("Nothing under the folders of the Git sources was changed.".to_owned());
        }
        if count > annotations.len() {
            notes.push(format!(
                "{} remarks on lines, of which the worst {} are shown.",
                count,
                annotations.len()
            ));
        }
        let passed = parts.iter().all(|it| it.verdict == Verdict::Clean);
        let summary = check_body(&notes, &check_parts(parts), size(limits.summary));
        let title = title(parts);
        let title = cut(&title, size(limits.title));
        let mut check = draft.check(CheckState::Completed, &title, summary);
        check.conclusion = Some(if passed { Conclusion::Success } else { Conclusion::Failure });
        check.annotations = annotations;
        Ok(self.0.store.checks().conclude(&check).await?)
    }

    /// Marks the check of a commit as superseded, with the reason.
    pub(crate) async fn desire_superseded(
        &self,
        check: &entity::check_run::Model,
        why: &str,
    ) -> Result<(), ServiceError> {
        let new = NewCheck {
            state: CheckState::Superseded,
            conclusion: None,
            title: "Superseded".to_owned(),
            summary: why.to_owned(),
            ..again(check)
        };
        self.0.store.checks().overrule(&new).await?;
        Ok(())
    }

    /// Fails checks that did not complete in time.
    pub(crate) async fn close_overdue(&self) -> Result<(), ServiceError> {
        for check in self.0.store.checks().overdue(now_ms()).await? {
            let why = format!(
                "The evaluation did not end within {} s, so this check has failed. Push again, or choose \"Re-run\".",
                self.0.options.deadline.as_secs()
            );
            let new = NewCheck {
                state: CheckState::Completed,
                conclusion: Some(Conclusion::Failure),
                title: "The evaluation did not end in time".to_owned(),
                summary: why,
                ..again(&check)
            };
            self.0.store.checks().overrule(&new).await?;
        }
        Ok(())
    }
}

/// The current content of a check, as a base for a change.
fn again(check: &entity::check_run::Model) -> NewCheck {
    NewCheck {
        integration_id: check.integration_id.clone(),
        repository: check.repository.clone(),
        head_sha: check.head_sha.clone(),
        name: check.name.clone(),
        pulls: check.pulls.to_vec(),
        state: check.state,
        conclusion: check.conclusion,
        title: check.title.clone(),
        summary: check.summary.clone(),
        annotations: check.annotations.to_vec(),
        deadline_at: check.deadline_at,
        fence: 0,
    }
}
