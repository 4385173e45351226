//! Pull requests, their statuses, reports and comments.

use std::time::{Duration, Instant};

use palisade_fake_host::{Error, clock};

use crate::fake::Opening;
use crate::state::{BuildStatus, Comment, Pull, Report};
use crate::{FakeBitbucket, Inner};

/// An error of a pull request that does not exist.
fn absent(repository: &str, number: u64) -> Error {
    Error::Absent(format!("pull request {number} in {repository}"))
}

impl Inner {
    /// Changes a pull request and sends an event.
    fn change_pull(
        &self,
        repository: &str,
        number: u64,
        event: &str,
        what: impl FnOnce(&mut Pull),
    ) -> Result<(), Error> {
        let key = (repository.to_owned(), number);
        let mut state = self.state();
        let pull = state.pulls.get_mut(&key).ok_or_else(|| absent(repository, number))?;
        what(pull);
        pull.updated_at = clock::now();
        self.pull_event(&state, event, "ada", &key);
        Ok(())
    }
}

impl FakeBitbucket {
    /// Opens a pull request from an existing branch, and sends the event. Returns its number.
    pub fn open_pull(&self, repository: &str, head: &str, base: &str) -> Result<u64, Error> {
        self.open_titled(repository, head, base, &format!("Merge {head}"))
    }

    /// The same, with a title.
    pub fn open_titled(&self, repository: &str, head: &str, base: &str, title: &str) -> Result<u64, Error> {
        self.open_from(repository, repository, head, base, title)
    }

    /// The same, from a fork.
    pub fn open_from(
        &self,
        repository: &str,
        source: &str,
        head: &str,
        base: &str,
        title: &str,
    ) -> Result<u64, Error> {
        let author = if source == repository { "ada" } else { "mallory" };
        let opening =
            Opening { repository, source, head, base, title, description: "", author, draft: false };
        self.inner.open(&opening)
    }

    /// The number of the next pull request.
    pub fn next_number(&self, repository: &str) -> u64 {
        self.inner.state().pulls.keys().filter(|(name, _)| name == repository).count() as u64 + 1
    }

    /// A pull request.
    pub fn pull(&self, repository: &str, number: u64) -> Result<Pull, Error> {
        let found = self.inner.state().pulls.get(&(repository.to_owned(), number)).cloned();
        found.ok_or_else(|| absent(repository, number))
    }

    /// Pushes onto the head of a pull request, in its fork if it has one, and sends the events. Returns the commit.
    pub fn push(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let pull = self.pull(repository, number)?;
        let source = pull.source.ok_or_else(|| Error::Absent("the fork".to_owned()))?;
        self.commit_and_send(&source, &pull.head_branch, files)
    }

    /// The same without the events, as if the deliveries were lost.
    pub fn push_silently(
        &self,
        repository: &str,
        number: u64,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let pull = self.pull(repository, number)?;
        let source = pull.source.ok_or_else(|| Error::Absent("the fork".to_owned()))?;
        self.commit(&source, &pull.head_branch, files)
    }

    /// Declines a pull request, which cannot be opened again, and sends `pullrequest:rejected`.
    pub fn decline_pull(&self, repository: &str, number: u64) -> Result<(), Error> {
        self.inner.change_pull(repository, number, "pullrequest:rejected", |pull| {
            pull.state = "DECLINED";
            pull.closed_by = Some("ada".to_owned());
        })
    }

    /// Changes the title of a pull request and sends `pullrequest:updated`.
    pub fn retitle_pull(&self, repository: &str, number: u64, title: &str) -> Result<(), Error> {
        let what = |pull: &mut Pull| title.clone_into(&mut pull.title);
        self.inner.change_pull(repository, number, "pullrequest:updated", what)
    }

    /// Changes the target of a pull request and sends `pullrequest:updated`.
    pub fn retarget_pull(&self, repository: &str, number: u64, base: &str) -> Result<(), Error> {
        let sha = self.head_of(repository, base)?;
        self.inner.change_pull(repository, number, "pullrequest:updated", |pull| {
            base.clone_into(&mut pull.base_branch);
            pull.base_sha = sha;
        })
    }

    /// Merges a pull request with a merge commit, and sends `repo:push` and `pullrequest:fulfilled`. Returns the commit.
    pub fn merge_pull(&self, repository: &str, number: u64) -> Result<String, Error> {
        let pull = self.pull(repository, number)?;
        let git = &self.inner.host.git;
        if let Some(source) = pull.source.as_deref().filter(|source| *source != repository) {
            // The merge brings the commits of the fork into the repository.
            git.fetch(repository, source, &format!("{}:refs/merged/{number}", pull.head_sha))?;
        }
        let base = git.tip(repository, &pull.base_branch)?;
        let message = format!("Merged in {} (pull request #{number})", pull.head_branch);
        let merged = git.merge(repository, &base, &pull.head_sha, &message);
        let merged = merged.ok_or_else(|| Error::Absent(format!("a merge of pull request {number}")))?;
        git.point(repository, &format!("refs/heads/{}", pull.base_branch), &merged);
        // It is merged before the branch moves, so that its own base stays.
        self.inner.change_pull(repository, number, "pullrequest:fulfilled", |pull| {
            pull.state = "MERGED";
            pull.closed_by = Some("ada".to_owned());
            pull.merge_commit = Some(merged.clone());
        })?;
        self.inner.pushed("ada", repository, &pull.base_branch, Some(&base), &merged);
        Ok(merged)
    }

    /// Returns a pull request in its present state for some time, as a cache does.
    pub fn hold_pull(&self, repository: &str, number: u64, time: Duration) -> Result<(), Error> {
        let old = self.pull(repository, number)?;
        let key = (repository.to_owned(), number);
        self.inner.state().stale.insert(key, (Instant::now() + time, old));
        Ok(())
    }

    /// A user comments on a pull request, and the event is sent. Returns the number of the comment.
    pub fn comment_as(
        &self,
        nickname: &str,
        repository: &str,
        number: u64,
        text: &str,
    ) -> Result<u64, Error> {
        self.pull(repository, number)?;
        let mut state = self.inner.state();
        let id = state.comment((repository, number), nickname, text);
        self.inner.comment_event(&state, "pullrequest:comment_created", nickname, id);
        Ok(id)
    }

    /// The comments on a pull request, oldest first, also deleted ones.
    pub fn comments(&self, repository: &str, number: u64) -> Vec<Comment> {
        let state = self.inner.state();
        let mine = |comment: &&Comment| comment.repository == repository && comment.pull == number;
        state.comments.values().filter(mine).cloned().collect()
    }

    /// The build statuses of a commit, by their keys.
    pub fn statuses(&self, repository: &str, sha: &str) -> Vec<BuildStatus> {
        let state = self.inner.state();
        let mine = state.statuses.iter().filter(|((name, at, _), _)| name == repository && at == sha);
        mine.map(|(_, status)| status.clone()).collect()
    }

    /// The reports of a commit, by the reporter's IDs.
    pub fn reports(&self, repository: &str, sha: &str) -> Vec<Report> {
        let state = self.inner.state();
        let mine = state.reports.iter().filter(|((name, at, _), _)| name == repository && at == sha);
        mine.map(|(_, report)| report.clone()).collect()
    }
}
