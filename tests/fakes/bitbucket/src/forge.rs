//! What tests of all providers use.

use palisade_fake_host::{BadToken, Error, Forge, Hook, Remark, Running, Shown, Status, clock};
use serde_json::{Value, json};

use crate::FakeBitbucket;
use crate::access::WRITE_WEBHOOK;
use crate::fake::ACME;
use crate::state::{Annotation, BuildStatus, Place, Report, State, text};

/// Whether a user is one of Palisade.
fn is_ours(state: &State, nickname: &str) -> bool {
    state.people.get(nickname).is_some_and(|one| one.is_ours)
}

/// Whether Palisade created a status.
fn created_by_us(state: &State, status: &BuildStatus) -> bool {
    status.writers.first().is_some_and(|writer| is_ours(state, writer))
}

/// An annotation with a file as a remark. One that exists is open: it is deleted when it does not apply any more.
fn remark(one: &Annotation) -> Option<Remark> {
    let texts = [text(&one.body, "summary"), text(&one.body, "details")];
    let texts: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    Some(Remark {
        path: one.body["path"].as_str()?.to_owned(),
        line: one.body["line"].as_u64().unwrap_or(0),
        open: true,
        text: texts.join("\n"),
    })
}

impl Forge for FakeBitbucket {
    fn running(&self) -> &Running {
        self
    }

    fn connection(&self) -> Value {
        self.connection()
    }

    fn account(&self) -> &str {
        ACME
    }

    fn full_name(&self, name: &str) -> String {
        format!("{ACME}/{name}")
    }

    fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        self.add_repository(full_name, files)
    }

    /// The newest status that Palisade created, the annotations of its reports, and its comments that are not deleted.
    /// Status and reports of a fork's commit may be in the fork.
    fn shown(&self, repository: &str, number: u64, sha: &str) -> Option<Shown> {
        let source = self.pull(repository, number).ok().and_then(|pull| pull.source);
        let mut places = vec![repository.to_owned()];
        places.extend(source.filter(|source| source != repository));
        let statuses = places.iter().flat_map(|place| self.statuses(place, sha));
        let reports = places.iter().flat_map(|place| self.reports(place, sha));
        let (statuses, reports): (Vec<BuildStatus>, Vec<Report>) = (statuses.collect(), reports.collect());
        let comments = self.comments(repository, number);
        let state = self.inner.state();
        let status = statuses.iter().filter(|status| created_by_us(&state, status));
        let status = status.max_by(|one, other| one.updated_at.cmp(&other.updated_at))?;
        let reports = reports.iter().filter(|report| is_ours(&state, &report.creator));
        let mut remarks: Vec<Remark> = reports.flat_map(|one| &one.annotations).filter_map(remark).collect();
        remarks.sort();
        let comments = comments.into_iter().filter(|one| {
            is_ours(&state, &one.author) && !one.deleted && one.parent.is_none() && one.inline.is_null()
        });
        Some(Shown {
            status: match status.state.as_str() {
                "SUCCESSFUL" => Status::Success,
                "FAILED" => Status::Failure,
                "STOPPED" => Status::Stopped,
                _ => Status::Pending,
            },
            title: text(&status.body, "description").to_owned(),
            remarks,
            summaries: comments.map(|one| one.raw).collect(),
        })
    }

    fn hooks(&self) -> Vec<Hook> {
        let shown = |hook: crate::Subscription| Hook {
            url: hook.url,
            repository: match hook.place {
                Place::Repository(name) => name,
                Place::Workspace(_) => String::new(),
            },
            active: hook.active,
        };
        self.subscriptions().into_iter().map(shown).collect()
    }

    fn delete_hooks(&self) {
        self.delete_hooks();
    }

    /// A user with access to a repository overwrites a build status of anyone, by its key (developer.atlassian.com,
    /// "Commit statuses", "Create a build status for a commit": an existing key is overwritten), and replaces or deletes
    /// reports and annotations of anyone, by their IDs ("Reports", "Create or update a report" and "Delete an
    /// annotation"). Neither a status nor a report names its writer. Comments of others cannot be changed, and can be
    /// deleted by administrators only.
    fn tamper(&self, repository: &str, number: u64, sha: &str) -> Result<Option<String>, Error> {
        let source = self.pull(repository, number)?.source;
        let mut state = self.inner.state();
        let places = [Some(repository), source.as_deref()];
        let at = |key: &(String, String, String)| places.contains(&Some(&key.0)) && key.1 == sha;
        let statuses: Vec<_> = state
            .statuses
            .iter()
            .filter(|(key, status)| at(key) && created_by_us(&state, status))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &statuses {
            let Some(one) = state.repository(&key.0).cloned() else { continue };
            let Some(status) = state.statuses.get_mut(key) else { continue };
            "SUCCESSFUL".clone_into(&mut status.state);
            status.body["state"] = json!("SUCCESSFUL");
            status.body["description"] = json!("Approved");
            status.writers.push("mallory".to_owned());
            status.updated_at = clock::now();
            let shown = self.inner.status(&one, sha, status);
            self.inner.status_event(&state, "mallory", &one, &shown, false);
        }
        let reports: Vec<_> = state
            .reports
            .iter()
            .filter(|(key, report)| at(key) && is_ours(&state, &report.creator))
            .map(|(key, _)| key.clone())
            .collect();
        for key in &reports {
            let Some(report) = state.reports.get_mut(key) else { continue };
            report.body["result"] = json!("PASSED");
            report.annotations.clear();
            report.updated_at = clock::now();
        }
        if statuses.is_empty() && reports.is_empty() {
            return Err(Error::Absent(format!("a status of {sha}")));
        }
        Ok(state.people.get("mallory").map(|one| one.display_name.clone()))
    }

    fn comment(&self, repository: &str, number: u64, text: &str) -> Result<(), Error> {
        self.comment_as("ada", repository, number, text).map(|_| ())
    }

    fn secrets(&self) -> Vec<String> {
        self.secrets()
    }

    fn bad_tokens(&self) -> Vec<(BadToken, Value)> {
        let all = [
            (BadToken::Expired, self.expired_token()),
            (BadToken::MissingScope, self.token_without(WRITE_WEBHOOK)),
            (BadToken::Foreign, self.foreign_token()),
            (BadToken::Revoked, self.revoked_token()),
        ];
        all.map(|(kind, credentials)| (kind, self.connection_with(&credentials))).into()
    }

    /// Bitbucket Cloud has neither archived nor disabled repositories.
    fn archive_repository(&self, _full_name: &str) -> Result<bool, Error> {
        Ok(false)
    }

    fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        self.delete_repository(full_name)
    }

    fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.rename_repository(old, new)
    }

    /// The fork is one of `mallory`, and public.
    fn open_from_fork(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let known = format!("mallory/{}", self.repository(repository)?.slug());
        let fork = match self.repository(&known) {
            Ok(one) => one.full_name,
            Err(_) => self.fork(repository, "mallory", false)?,
        };
        let sha = self.commit(&fork, branch, files)?;
        Ok((self.open_from(repository, &fork, branch, "main", &format!("Merge {branch}"))?, sha))
    }

    fn delete_fork(&self, repository: &str, number: u64) -> Result<(), Error> {
        let source = self.pull(repository, number)?.source.filter(|source| source != repository);
        self.delete_repository(&source.ok_or_else(|| Error::Absent("the fork".to_owned()))?)
    }

    fn rename_branch(&self, repository: &str, old: &str, new: &str) -> Result<(), Error> {
        self.rename_branch(repository, old, new)
    }

    fn retarget(&self, repository: &str, number: u64, base: &str) -> Result<(), Error> {
        self.retarget_pull(repository, number, base)
    }

    fn change_hook_secret(&self) {
        self.change_hook_secrets();
    }

    /// Bitbucket has no state of a webhook besides `active`, which it does not change.
    fn disable_hooks(&self) -> bool {
        false
    }

    fn never_end(&self, on: bool) {
        self.inner.host.faults.never_end(if on { "^/repositories/[^/]+$" } else { "" });
    }
}
