//! What tests of all providers use.

use palisade_fake_host::{BadToken, Error, Forge, Hook, Remark, Running, Shown, Status, clock, random};
use serde_json::{Value, json};

use crate::fake::{DEVELOPER, OTHER, SERVICE};
use crate::payload::Event;
use crate::state::{Comment, Posted, Pull, Thread};
use crate::{FakeAzureDevOps, ORGANIZATION};

/// The genre of the statuses of this program.
const GENRE: &str = "palisade";

/// The number of the iteration of a pull request whose head is a commit; the last one if there are several.
fn iteration(pull: &Pull, sha: &str) -> Option<u64> {
    pull.iterations.iter().rev().find(|one| one.source == sha).map(|one| one.id)
}

/// The newest status of this program's context at an iteration, by any author.
fn status_at(pull: &Pull, iteration: u64) -> Option<&Posted> {
    pull.statuses.iter().rev().find(|one| one.genre == GENRE && one.iteration == Some(iteration))
}

/// The text of the first comment of a thread of this program; `None` for threads of others and deleted ones.
fn own(thread: &Thread) -> Option<&str> {
    let first = thread.comments.first()?;
    (first.author == SERVICE && !first.deleted).then_some(first.content.as_str())
}

impl FakeAzureDevOps {
    /// The body of `POST /api/v1/connections` with a token.
    fn connection_with(&self, token: &str) -> Value {
        json!({
            "provider": "azure-devops",
            "name": "Azure DevOps",
            "settings": { "organization": ORGANIZATION, "url": self.url() },
            "secrets": { "token": token, "webhook-secret": self.webhook_secret() },
        })
    }
}

impl Forge for FakeAzureDevOps {
    fn running(&self) -> &Running {
        self
    }

    fn connection(&self) -> Value {
        self.connection_with(self.token())
    }

    fn account(&self) -> &str {
        ORGANIZATION
    }

    fn full_name(&self, name: &str) -> String {
        format!("platform/{name}")
    }

    fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        self.add_repository(full_name, files)
    }

    fn shown(&self, repository: &str, number: u64, sha: &str) -> Option<Shown> {
        let pull = self.pull(repository, number).ok()?;
        let status = status_at(&pull, iteration(&pull, sha)?)?;
        let mut remarks = Vec::new();
        let mut summaries = Vec::new();
        for thread in &pull.threads {
            let Some(text) = own(thread) else { continue };
            let Some(path) = thread.context["filePath"].as_str() else {
                summaries.push(text.to_owned());
                continue;
            };
            remarks.push(Remark {
                path: path.trim_start_matches('/').to_owned(),
                line: thread.context["rightFileStart"]["line"].as_u64().unwrap_or(0),
                open: ["active", "pending"].contains(&thread.status.as_str()),
                text: text.to_owned(),
            });
        }
        remarks.sort();
        let shown = match status.state.as_str() {
            "succeeded" | "notApplicable" => Status::Success,
            "failed" => Status::Failure,
            "error" => Status::Stopped,
            _ => Status::Pending,
        };
        Some(Shown { status: shown, title: status.description.clone(), remarks, summaries })
    }

    fn hooks(&self) -> Vec<Hook> {
        let state = self.inner().state();
        let shown = |one: &crate::Subscription| Hook {
            url: one.input("url").to_owned(),
            repository: state
                .repository(one.filter("repository"))
                .map_or_else(String::new, |it| it.full_name.clone()),
            active: one.status == "enabled",
        };
        state.subscriptions.iter().map(shown).collect()
    }

    fn delete_hooks(&self) {
        self.inner().state().subscriptions.clear();
    }

    /// Azure DevOps allows both to anyone with "Contribute to pull requests", which even readers have by default
    /// (learn.microsoft.com, "Default Git repository and branch permissions"). The newest status of a context at an
    /// iteration counts, by any author, unless a branch policy names an authorized identity (learn.microsoft.com,
    /// "Configure a branch policy for an external service"). The status of any thread can be changed
    /// (learn.microsoft.com, "Review pull requests", section "Use comments"); the comments of others cannot be edited.
    fn tamper(&self, repository: &str, number: u64, sha: &str) -> Result<Option<String>, Error> {
        let pull = self.pull(repository, number)?;
        let iteration = iteration(&pull, sha).ok_or_else(|| Error::Absent(format!("iteration of {sha}")))?;
        let name = status_at(&pull, iteration).map(|one| one.name.clone());
        let mut state = self.inner().state();
        let changed =
            state.pulls.get_mut(&pull.id).ok_or_else(|| Error::Absent(format!("pull request {number}")))?;
        if let Some(name) = name {
            changed.last_status += 1;
            changed.statuses.push(Posted {
                id: changed.last_status,
                iteration: Some(iteration),
                state: "succeeded".to_owned(),
                description: "Nothing to see".to_owned(),
                genre: GENRE.to_owned(),
                name,
                target_url: None,
                author: OTHER.to_owned(),
                created_at: clock::now(),
            });
        }
        for thread in changed.threads.iter_mut().filter(|one| own(one).is_some()) {
            "closed".clone_into(&mut thread.status);
            thread.updated_at = clock::now();
        }
        Ok(Some(OTHER.to_owned()))
    }

    fn comment(&self, repository: &str, number: u64, text: &str) -> Result<(), Error> {
        let pull = self.pull(repository, number)?.id;
        let thread = {
            let mut state = self.inner().state();
            let thread = state.next();
            let changed =
                state.pulls.get_mut(&pull).ok_or_else(|| Error::Absent(format!("pull request {number}")))?;
            let now = clock::now();
            changed.threads.push(Thread {
                id: thread,
                status: "active".to_owned(),
                comments: vec![Comment {
                    id: 1,
                    parent: 0,
                    author: DEVELOPER.to_owned(),
                    content: text.to_owned(),
                    deleted: false,
                    created_at: now.clone(),
                    updated_at: now.clone(),
                }],
                context: Value::Null,
                pull_context: Value::Null,
                properties: serde_json::Map::new(),
                created_at: now.clone(),
                updated_at: now,
            });
            thread
        };
        let (comment, action, actor) = (1, "commented on", DEVELOPER.to_owned());
        self.inner().emit(&Event::Comment { pull, thread, comment, action, actor });
        Ok(())
    }

    fn secrets(&self) -> Vec<String> {
        let state = self.inner().state();
        let passwords = state.subscriptions.iter().map(|one| one.input("basicAuthPassword").to_owned());
        let secrets = state.tokens.keys().cloned().chain([self.webhook_secret().to_owned()]);
        let mut all: Vec<String> = secrets.chain(passwords).filter(|one| !one.is_empty()).collect();
        all.sort();
        all.dedup();
        all
    }

    fn bad_tokens(&self) -> Vec<(BadToken, Value)> {
        let all = [
            (BadToken::Expired, self.expired_token()),
            (BadToken::MissingScope, self.narrow_token(&["vso.code"])),
            (BadToken::Foreign, self.foreign_token()),
            (BadToken::Revoked, self.revoked_token()),
        ];
        all.map(|(kind, token)| (kind, self.connection_with(&token))).into()
    }

    /// Azure DevOps calls it disabled.
    fn archive_repository(&self, full_name: &str) -> Result<bool, Error> {
        self.set_disabled(full_name, true).map(|()| true)
    }

    fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        self.delete_repository(full_name)
    }

    fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.rename_repository(old, new.split('/').next_back().unwrap_or(new))
    }

    /// The fork is in the project `forks` of the same organisation: Azure DevOps knows no others.
    fn open_from_fork(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let fork = format!("forks/{}", self.repository(repository)?.name);
        if self.repository(&fork).is_err() {
            self.fork(repository, &fork)?;
        }
        let sha = self.commit(&fork, branch, files)?;
        Ok((self.open_fork_pull(repository, &fork, branch, "main", &format!("Merge {branch}"))?, sha))
    }

    fn delete_fork(&self, repository: &str, number: u64) -> Result<(), Error> {
        let fork = self.pull(repository, number)?.fork;
        let name = fork.and_then(|id| self.inner().state().repository(&id).map(|one| one.full_name.clone()));
        self.delete_repository(&name.ok_or_else(|| Error::Absent("the fork".to_owned()))?)
    }

    fn retarget(&self, repository: &str, number: u64, base: &str) -> Result<(), Error> {
        self.retarget_pull(repository, number, base)
    }

    /// The password of Basic authentication.
    fn change_hook_secret(&self) {
        self.change_subscriptions(|one| {
            if let Some(password) = one.consumer_inputs.get_mut("basicAuthPassword") {
                *password = random(24);
            }
        });
    }

    fn disable_hooks(&self) -> bool {
        self.change_subscriptions(|one| one.status = "disabledBySystem");
        true
    }

    /// The list of projects: repositories of a project have no pages.
    fn never_end(&self, on: bool) {
        self.inner().host.faults.never_end(if on { "/_apis/projects$" } else { "" });
    }
}
