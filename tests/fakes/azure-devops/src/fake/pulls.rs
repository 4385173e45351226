//! Branches, pushes and pull requests.

use std::time::{Duration, Instant};

use palisade_fake_host::{Error, clock};

use super::{DEVELOPER, FakeAzureDevOps};
use crate::Inner;
use crate::payload::Event;
use crate::state::{Iteration, Pull, Repository};

/// A pull request to be opened.
pub(crate) struct NewPull<'a> {
    /// GUID of the target repository.
    pub(crate) repository: &'a str,
    /// GUID of the fork that has the source branch.
    pub(crate) fork: Option<&'a str>,
    pub(crate) source: &'a str,
    pub(crate) target: &'a str,
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) draft: bool,
    /// Short name of the user.
    pub(crate) author: &'a str,
}

/// The update that a push is.
const PUSHED: &str = "PushNotification";
/// The update that another status is.
const STATUS_CHANGED: &str = "StatusUpdateNotification";

fn gone(id: u64) -> Error {
    Error::Absent(format!("pull request {id}"))
}

impl Inner {
    fn by_id(&self, id: &str) -> Result<Repository, Error> {
        self.state().repository(id).cloned().ok_or_else(|| Error::Absent(format!("repository {id}")))
    }

    fn tip(&self, one: &Repository, branch: &str) -> Result<String, Error> {
        self.host.git.tip(&one.full_name, branch)
    }

    /// Creates the commit that a merge would create, as `refs/pull/ID/merge` of the target repository; `None` if there are
    /// conflicts. Like Azure DevOps, it merges whenever the source branch moves, so that the target repository has the
    /// objects of the head (learn.microsoft.com, "Azure Repos Git triggers", section "PR triggers": the build checks
    /// `refs/pull/ID/merge` out).
    fn merge(&self, one: &Repository, id: u64, base: &str, head: &str) -> Option<String> {
        let git = &self.host.git;
        let commit = git.merge(&one.full_name, base, head, &format!("Merge pull request {id}"))?;
        git.point(&one.full_name, &format!("refs/pull/{id}/merge"), &commit);
        Some(commit)
    }

    /// Copies the objects of a commit of a fork into the target repository.
    fn copy(&self, one: &Repository, fork: &Repository, sha: &str) -> Result<(), Error> {
        self.host.git.fetch(&one.full_name, &fork.full_name, sha)
    }

    /// An iteration, with the merge base of its commits.
    fn iterate(
        &self,
        one: &Repository,
        id: u64,
        head: &str,
        base: &str,
        reason: &'static str,
        author: &str,
    ) -> Iteration {
        let common = self.host.git.merge_base(&one.full_name, base, head).unwrap_or_default();
        Iteration {
            id,
            source: head.to_owned(),
            target: base.to_owned(),
            common,
            reason,
            created_at: clock::now(),
            author: author.to_owned(),
        }
    }

    /// Opens a pull request, and sends the events. Returns its number.
    pub(crate) fn open(&self, new: &NewPull<'_>) -> Result<u64, Error> {
        let one = self.by_id(new.repository)?;
        let base = self.tip(&one, new.target)?;
        let head = match new.fork {
            Some(fork) => {
                let fork = self.by_id(fork)?;
                let head = self.tip(&fork, new.source)?;
                self.copy(&one, &fork, &head)?;
                head
            }
            None => self.tip(&one, new.source)?,
        };
        let id = {
            let state = self.state();
            state.pulls.keys().next_back().map_or(1, |last| last + 1)
        };
        let merge_commit = self.merge(&one, id, &base, &head);
        let pull = Pull {
            id,
            repository: one.id.clone(),
            title: new.title.to_owned(),
            description: new.description.to_owned(),
            author: new.author.to_owned(),
            source: new.source.to_owned(),
            target: new.target.to_owned(),
            fork: new.fork.map(ToOwned::to_owned),
            status: "active",
            draft: new.draft,
            merge_commit,
            created_at: clock::now(),
            closed_at: None,
            iterations: vec![self.iterate(&one, 1, &head, &base, "create", new.author)],
            statuses: Vec::new(),
            threads: Vec::new(),
            last_status: 0,
        };
        self.state().pulls.insert(id, pull);
        self.happened("created", "", id, "created a new pull request", new.author);
        self.happened("merged", "", id, "has created a pull request merge commit", new.author);
        Ok(id)
    }

    fn happened(
        &self,
        kind: &'static str,
        notification: &'static str,
        pull: u64,
        action: &'static str,
        actor: &str,
    ) {
        self.emit(&Event::Pull { kind, notification, pull, action, actor: actor.to_owned() });
    }

    /// Adds an iteration to each active pull request from a branch that moved. Returns their numbers.
    fn follow(&self, repository: &str, branch: &str, actor: &str) -> Result<Vec<u64>, Error> {
        let source = self.by_id(repository)?;
        let head = self.tip(&source, branch)?;
        let from = |one: &&Pull| {
            one.status == "active"
                && one.source == branch
                && one.fork.as_deref().unwrap_or(&one.repository) == repository
                && one.head() != head
        };
        let pulls: Vec<Pull> = self.state().pulls.values().filter(from).cloned().collect();
        for pull in &pulls {
            let one = self.by_id(&pull.repository)?;
            if pull.fork.is_some() {
                self.copy(&one, &source, &head)?;
            }
            let base = self.tip(&one, &pull.target)?;
            let merge = self.merge(&one, pull.id, &base, &head);
            let next = self.iterate(&one, pull.last().id + 1, &head, &base, "push", actor);
            if let Some(changed) = self.state().pulls.get_mut(&pull.id) {
                changed.merge_commit = merge;
                changed.iterations.push(next);
            }
        }
        Ok(pulls.iter().map(|pull| pull.id).collect())
    }

    /// Sends the events of a push.
    fn announce(
        &self,
        repository: &str,
        branch: &str,
        before: &str,
        after: &str,
        actor: &str,
        pulls: &[u64],
    ) {
        self.state().pushes += 1;
        self.emit(&Event::Push {
            repository: repository.to_owned(),
            branch: branch.to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
            actor: actor.to_owned(),
        });
        for pull in pulls {
            self.happened("updated", PUSHED, *pull, "updated the source branch of the pull request", actor);
            self.happened("merged", "", *pull, "has created a pull request merge commit", actor);
        }
    }

    /// A branch moved: its pull requests follow, and the events are sent.
    pub(crate) fn moved(&self, repository: &str, branch: &str, before: &str, after: &str, actor: &str) {
        let pulls = self.follow(repository, branch, actor).unwrap_or_default();
        self.announce(repository, branch, before, after, actor, &pulls);
    }

    /// Changes the target branch of a pull request, and sends the events.
    pub(crate) fn retarget(&self, id: u64, target: &str, actor: &str) -> Result<(), Error> {
        let pull = self.state().pulls.get(&id).cloned().ok_or_else(|| gone(id))?;
        let one = self.by_id(&pull.repository)?;
        let base = self.tip(&one, target)?;
        let merge = self.merge(&one, id, &base, pull.head());
        let next = self.iterate(&one, pull.last().id + 1, pull.head(), &base, "retarget", actor);
        if let Some(changed) = self.state().pulls.get_mut(&id) {
            target.clone_into(&mut changed.target);
            changed.merge_commit = merge;
            changed.iterations.push(next);
        }
        self.happened("updated", "", id, "changed the target branch of the pull request", actor);
        Ok(())
    }

    /// Sets the status of a pull request, and sends the events. A completed one is merged into its target branch.
    pub(crate) fn close(&self, id: u64, status: &'static str, actor: &str) -> Result<(), Error> {
        let pull = self.state().pulls.get(&id).cloned().ok_or_else(|| gone(id))?;
        let one = self.by_id(&pull.repository)?;
        if status == "completed" {
            let base = self.tip(&one, &pull.target)?;
            let merge = self.merge(&one, id, &base, pull.head());
            let merge = merge.ok_or_else(|| Error::Absent(format!("a merge of pull request {id}")))?;
            self.host.git.point(&one.full_name, &format!("refs/heads/{}", pull.target), &merge);
            self.announce(&one.id, &pull.target, &base, &merge, actor, &[]);
            if let Some(changed) = self.state().pulls.get_mut(&id) {
                changed.merge_commit = Some(merge);
            }
        }
        if let Some(changed) = self.state().pulls.get_mut(&id) {
            changed.status = status;
            changed.closed_at = (status != "active").then(clock::now);
        }
        let action = match status {
            "completed" => "marked the pull request as completed",
            "abandoned" => "marked the pull request as abandoned",
            _ => "reactivated the pull request",
        };
        self.happened("updated", STATUS_CHANGED, id, action, actor);
        Ok(())
    }
}

impl FakeAzureDevOps {
    /// Writes files to a branch, which begins at `main` if it does not exist; a file without content is deleted. Active
    /// pull requests from that branch get an iteration, and no event is sent. Returns the commit.
    pub fn commit(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let one = self.repository(repository)?;
        let sha = self.inner.host.git.change(&one.full_name, branch, files)?;
        self.inner.follow(&one.id, branch, DEVELOPER)?;
        Ok(sha)
    }

    /// Writes files to a branch, as [`Self::commit`] does, and sends the events. Returns the commit.
    pub fn push_branch(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let one = self.repository(repository)?;
        let before = self.inner.tip(&one, branch).or_else(|_| self.inner.tip(&one, "main"))?;
        let git = &self.inner.host.git;
        let sha = git.change(&one.full_name, branch, files)?;
        self.inner.moved(&one.id, branch, &before, &sha, DEVELOPER);
        Ok(sha)
    }

    /// Renames a branch: Azure DevOps knows no renaming, so that one is created and the other one deleted. Active pull
    /// requests from the old one stay, and get no further iterations.
    pub fn rename_branch(&self, repository: &str, old: &str, new: &str) -> Result<(), Error> {
        let one = self.repository(repository)?;
        self.inner.host.git.rename_branch(&one.full_name, old, new).map(|_| ())
    }

    /// Opens a pull request from an existing branch, and sends the events. Returns its number.
    pub fn open_pull(&self, repository: &str, source: &str, target: &str, title: &str) -> Result<u64, Error> {
        self.open_from(repository, None, source, target, title)
    }

    /// The same from a fork.
    pub fn open_fork_pull(
        &self,
        repository: &str,
        fork: &str,
        source: &str,
        target: &str,
        title: &str,
    ) -> Result<u64, Error> {
        self.open_from(repository, Some(&self.repository(fork)?.id), source, target, title)
    }

    fn open_from(
        &self,
        repository: &str,
        fork: Option<&str>,
        source: &str,
        target: &str,
        title: &str,
    ) -> Result<u64, Error> {
        let one = self.repository(repository)?;
        let (repository, description, draft) = (one.id.as_str(), "", false);
        let new = NewPull { repository, fork, source, target, title, description, draft, author: DEVELOPER };
        self.inner.open(&new)
    }

    /// The repository that contains the source branch of a pull request.
    fn source_of(&self, pull: &Pull) -> Result<Repository, Error> {
        self.inner.by_id(pull.fork.as_deref().unwrap_or(&pull.repository))
    }

    /// Pushes onto the head of a pull request and sends the events. Returns the commit.
    pub fn push(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let pull = self.pull(repository, number)?;
        self.push_branch(&self.source_of(&pull)?.full_name, &pull.source, files)
    }

    /// The same without the events, as if the deliveries were lost.
    pub fn push_silently(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let pull = self.pull(repository, number)?;
        self.commit(&self.source_of(&pull)?.full_name, &pull.source, files)
    }

    /// Returns a pull request and its iterations as they are now for some time: a push makes an iteration only after the
    /// merge of the pull request was tried, which is queued.
    pub fn lag_pull(&self, repository: &str, number: u64, time: Duration) -> Result<(), Error> {
        let now = self.pull(repository, number)?;
        self.inner.state().stale.insert(number, (Instant::now() + time, now));
        Ok(())
    }

    /// Abandons a pull request and sends the event.
    pub fn abandon_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.inner.close(self.pull(repository, number)?.id, "abandoned", DEVELOPER)
    }

    /// Reactivates a pull request and sends the event.
    pub fn reactivate_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.inner.close(self.pull(repository, number)?.id, "active", DEVELOPER)
    }

    /// Completes a pull request, whatever its policies require, and sends the events.
    pub fn complete_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.inner.close(self.pull(repository, number)?.id, "completed", DEVELOPER)
    }

    /// Changes the target branch of a pull request and sends the event.
    pub fn retarget_pull(&self, repository: &str, number: u64, target: &str) -> Result<(), Error> {
        self.inner.retarget(self.pull(repository, number)?.id, target, DEVELOPER)
    }
}
