//! What tests of all providers use.

use palisade_fake_host::{BadToken, Error, Forge, Remark, Running, Shown};
use serde_json::Value;

use crate::FakeGitLab;
use crate::api::Posted;
use crate::state::{AUTHOR, OTHER, OURS, Place, Status};

/// The state of a check.
fn state(one: &Status) -> palisade_fake_host::Status {
    match one.state.as_str() {
        "success" => palisade_fake_host::Status::Success,
        "failed" => palisade_fake_host::Status::Failure,
        "canceled" | "skipped" => palisade_fake_host::Status::Stopped,
        _ => palisade_fake_host::Status::Pending,
    }
}

impl FakeGitLab {
    /// The valid status of our name at a commit, in any project: a fork has its own statuses. It may be of another user.
    fn ours(&self, sha: &str) -> Option<Status> {
        let state = self.inner.state();
        let ours = state.user(OURS);
        let at = |one: &&Status| one.sha == sha;
        let own = state.statuses.values().rev().filter(at).find(|one| one.author == ours)?;
        let same = |one: &&Status| one.name == own.name && one.pipeline == own.pipeline && !one.retried;
        state.statuses.values().rev().filter(at).find(same).cloned()
    }
}

impl Forge for FakeGitLab {
    fn running(&self) -> &Running {
        self
    }

    fn connection(&self) -> Value {
        self.connection()
    }

    /// The user of the token.
    fn account(&self) -> &str {
        OURS
    }

    fn full_name(&self, name: &str) -> String {
        format!("acme/{name}")
    }

    fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        self.add_repository(full_name, files)
    }

    fn shown(&self, repository: &str, number: u64, sha: &str) -> Option<Shown> {
        let status = self.ours(sha)?;
        let ours = self.inner.state().user(OURS);
        let (mut remarks, mut summaries) = (Vec::new(), Vec::new());
        for one in self.discussions(repository, number) {
            let Some(note) = one.notes.first().filter(|note| note.author == ours) else { continue };
            match &note.position {
                Some(at) => remarks.push(Remark {
                    path: at.new_path.clone(),
                    line: at.new_line.or(at.old_line).unwrap_or(0),
                    open: one.resolved.is_none(),
                    text: note.body.clone(),
                }),
                None => summaries.push(note.body.clone()),
            }
        }
        remarks.sort();
        Some(Shown {
            status: state(&status),
            title: status.description.unwrap_or_default(),
            remarks,
            summaries,
        })
    }

    /// Hooks of projects and of groups; one that is disabled, also for a time, is not active.
    fn hooks(&self) -> Vec<palisade_fake_host::Hook> {
        let state = self.inner.state();
        let path = |id: u64| state.projects.get(&id).map(|one| one.full_path.clone()).unwrap_or_default();
        let hooks = state.hooks.values().map(|one| palisade_fake_host::Hook {
            url: one.url.clone(),
            repository: match one.place {
                Place::Project(id) => path(id),
                Place::Group(_) => String::new(),
            },
            active: one.alert_status() == "executable",
        });
        hooks.collect()
    }

    fn delete_hooks(&self) {
        self.inner.state().hooks.clear();
    }

    /// The user `mallory` has the role Developer. With it, GitLab allows to set a commit status of any name, which
    /// replaces ours (docs.gitlab.com, "Roles and permissions", section "Project permissions", "CI/CD"; "Commits API",
    /// section "Set commit pipeline status"), and to resolve every thread ("Comments and threads", section "Resolve a
    /// thread"). To change or delete the notes of others needs the role Maintainer.
    fn tamper(&self, repository: &str, number: u64, sha: &str) -> Result<Option<String>, Error> {
        let Some(status) = self.ours(sha) else {
            return Err(Error::Absent(format!("a status of {sha}")));
        };
        let (project, other, ours) = {
            let state = self.inner.state();
            let project = state.projects.get(&status.project).cloned();
            (project, state.user(OTHER), state.user(OURS))
        };
        let project = project.ok_or_else(|| Error::Absent("the project of the status".to_owned()))?;
        let new = Posted {
            state: "success",
            name: Some(&status.name),
            reference: Some(&status.reference),
            pipeline: Some(status.pipeline),
            ..Posted::default()
        };
        self.inner.post_status(other, &project, sha, &new).map_err(|reply| crate::fake::refused(&reply))?;
        for one in self.discussions(repository, number) {
            let first = one.notes.first();
            if !one.individual && one.resolved.is_none() && first.is_some_and(|note| note.author == ours) {
                self.resolve(OTHER, repository, &one.id, true)?;
            }
        }
        Ok(Some(OTHER.to_owned()))
    }

    fn comment(&self, repository: &str, number: u64, text: &str) -> Result<(), Error> {
        self.comment_as(AUTHOR, repository, number, text).map(|_| ())
    }

    fn secrets(&self) -> Vec<String> {
        let mut all = self.tokens();
        all.push(self.webhook_secret().to_owned());
        for hook in self.all_hooks() {
            all.extend([hook.token, hook.signing_token].into_iter().flatten());
        }
        all.sort();
        all.dedup();
        all
    }

    fn bad_tokens(&self) -> Vec<(BadToken, Value)> {
        let revoked = self.token_with(&["api", "read_repository"]);
        self.revoke(&revoked);
        let all = [
            (BadToken::Expired, self.expired_token()),
            (BadToken::MissingScope, self.token_with(&["read_api", "read_repository"])),
            (BadToken::Foreign, self.outsider_token()),
            (BadToken::Revoked, revoked),
        ];
        all.map(|(kind, token)| (kind, self.connection_with(&token))).into()
    }

    /// GitLab sends no event of it to hooks of projects and groups.
    fn archive_repository(&self, full_name: &str) -> Result<bool, Error> {
        self.archive_project(full_name, true).map(|()| true)
    }

    /// GitLab sends no event of it to hooks of the project, which are deleted with it.
    fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        self.delete_project(full_name)
    }

    /// GitLab sends no event of it to hooks of projects and groups.
    fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.rename_project(old, new)
    }

    /// The fork is one of `ada`, in which `palisade` has the role Developer.
    fn open_from_fork(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let fork = format!("{AUTHOR}/{}", repository.split('/').next_back().unwrap_or(repository));
        if self.project(&fork).is_err() {
            self.add_fork(repository, &fork, true)?;
        }
        let sha = self.commit(&fork, branch, files)?;
        let title = format!("Merge {branch}");
        Ok((self.open_between((&fork, branch), (repository, "main"), &title)?, sha))
    }

    fn delete_fork(&self, repository: &str, number: u64) -> Result<(), Error> {
        let pull = self.pull(repository, number)?;
        let source = pull.source.filter(|source| *source != pull.project);
        let source =
            source.and_then(|id| self.inner.state().projects.get(&id).map(|one| one.full_path.clone()));
        self.delete_project(&source.ok_or_else(|| Error::Absent("the fork".to_owned()))?)
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

    fn disable_hooks(&self) -> bool {
        self.disable_hooks();
        true
    }

    fn never_end(&self, on: bool) {
        self.inner.host.faults.never_end(if on { "/projects$" } else { "" });
    }
}
