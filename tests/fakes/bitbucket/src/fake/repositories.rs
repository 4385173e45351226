//! Repositories, branches, forks and branch restrictions.

use palisade_fake_host::{Error, clock};
use serde_json::json;

use crate::payload::Push;
use crate::state::{Repository, Restriction};
use crate::{FakeBitbucket, Inner};

impl Inner {
    /// Adds a repository to the state.
    fn settle(&self, full_name: &str, private: bool, parent: Option<&str>) {
        let mut state = self.state();
        let repository = Repository {
            uuid: state.uuid(),
            full_name: full_name.to_owned(),
            main_branch: "main".to_owned(),
            private,
            parent: parent.map(ToOwned::to_owned),
            created_at: clock::now(),
            restrictions: Vec::new(),
            is_indexed: true,
        };
        self.repository_event(&state, "repo:created", "ada", &repository);
        state.repositories.insert(full_name.to_lowercase(), repository);
    }
}

impl FakeBitbucket {
    /// Adds a private repository `workspace/slug` with one commit on `main`. Returns the commit.
    pub fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        let sha = self.inner.host.git.begin(full_name, files)?;
        self.inner.settle(full_name, true, None);
        Ok(sha)
    }

    /// Adds private repositories with the same single commit, named with numbers: `acme/many-001`. Each has an empty
    /// tree of its own.
    pub fn add_repositories(&self, prefix: &str, count: usize) -> Result<(), Error> {
        for number in 1..=count {
            let full_name = format!("{prefix}-{number:03}");
            self.inner.host.git.init(&full_name, "main")?;
            self.inner.settle(&full_name, true, None);
        }
        Ok(())
    }

    /// Forks a repository into a workspace. A public fork can be read by everyone, a private one only by members of that
    /// workspace.
    pub fn fork(&self, full_name: &str, workspace: &str, private: bool) -> Result<String, Error> {
        let one = self.repository(full_name)?;
        let fork = format!("{workspace}/{}", one.slug());
        let git = &self.inner.host.git;
        git.fork(full_name, &fork, &one.main_branch)?;
        git.run(&fork, &["config", "uploadpack.hideRefs", "refs/upstream"]);
        self.inner.settle(&fork, private, Some(full_name));
        self.inner.repository_event(&self.inner.state(), "repo:fork", "mallory", &one);
        Ok(fork)
    }

    /// A repository.
    pub fn repository(&self, full_name: &str) -> Result<Repository, Error> {
        let found = self.inner.state().repository(full_name).cloned();
        found.ok_or_else(|| Error::Absent(full_name.to_owned()))
    }

    fn change_repository(&self, full_name: &str, what: impl FnOnce(&mut Repository)) -> Result<(), Error> {
        let mut state = self.inner.state();
        let found = state.repositories.get_mut(&full_name.to_lowercase());
        what(found.ok_or_else(|| Error::Absent(full_name.to_owned()))?);
        Ok(())
    }

    /// Makes a repository public or private.
    pub fn set_private(&self, full_name: &str, private: bool) -> Result<(), Error> {
        self.change_repository(full_name, |one| one.private = private)
    }

    /// Whether the list of the pull requests of a commit is available, which needs an app in the workspace.
    pub fn set_indexed(&self, full_name: &str, is_indexed: bool) -> Result<(), Error> {
        self.change_repository(full_name, |one| one.is_indexed = is_indexed)
    }

    /// Deletes a repository with its webhooks, and sends `repo:deleted`. Pull requests from it have no source
    /// repository any more; those to it are deleted.
    pub fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        let one = self.repository(full_name)?;
        let mut state = self.inner.state();
        self.inner.repository_event(&state, "repo:deleted", "ada", &one);
        state.repositories.remove(&full_name.to_lowercase());
        let place = crate::Place::Repository(one.full_name.clone());
        state.hooks.retain(|hook| hook.place != place);
        state.pulls.retain(|(name, _), _| *name != one.full_name);
        for pull in state.pulls.values_mut().filter(|pull| pull.source.as_ref() == Some(&one.full_name)) {
            pull.source = None;
        }
        Ok(())
    }

    /// Renames a repository, with its pull requests and webhooks, and sends `repo:updated`.
    pub fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.repository(old)?;
        self.inner.host.git.rename(old, new)?;
        let mut state = self.inner.state();
        let Some(mut one) = state.repositories.remove(&old.to_lowercase()) else {
            return Err(Error::Absent(old.to_owned()));
        };
        new.clone_into(&mut one.full_name);
        state.repositories.insert(new.to_lowercase(), one.clone());
        let is_old = |name: &str| if name == old { new.to_owned() } else { name.to_owned() };
        state.pulls = std::mem::take(&mut state.pulls)
            .into_iter()
            .map(|((name, number), mut pull)| {
                pull.repository = is_old(&pull.repository);
                pull.source = pull.source.as_deref().map(is_old);
                ((is_old(&name), number), pull)
            })
            .collect();
        state.statuses = std::mem::take(&mut state.statuses)
            .into_iter()
            .map(|((name, sha, key), status)| ((is_old(&name), sha, key), status))
            .collect();
        state.reports = std::mem::take(&mut state.reports)
            .into_iter()
            .map(|((name, sha, id), report)| ((is_old(&name), sha, id), report))
            .collect();
        for comment in state.comments.values_mut() {
            comment.repository = is_old(&comment.repository);
        }
        for hook in &mut state.hooks {
            if let crate::Place::Repository(name) = &mut hook.place {
                *name = is_old(name);
            }
        }
        self.inner.renamed_event(&state, "ada", &one, old);
        Ok(())
    }

    /// Restricts the merges to branches that match a pattern: this many builds must have passed. With `enforced`, they
    /// cannot be merged otherwise, which needs the plan Premium; without it, users are only warned.
    pub fn protect_branch(
        &self,
        full_name: &str,
        pattern: &str,
        builds: u64,
        enforced: bool,
    ) -> Result<(), Error> {
        let ids = {
            let mut state = self.inner.state();
            [state.next(), state.next()]
        };
        let glob = |kind: &str| json!({ "kind": kind, "branch_match_kind": "glob", "pattern": pattern });
        let mut passing = glob("require_passing_builds_to_merge");
        passing["value"] = json!(builds);
        self.change_repository(full_name, |one| {
            one.restrictions.push(Restriction { id: ids[0], body: passing });
            if enforced {
                one.restrictions.push(Restriction { id: ids[1], body: glob("enforce_merge_checks") });
            }
        })
    }

    /// Writes files to a branch, which begins at `main` if it does not exist; a file without content is deleted. Open
    /// pull requests from that branch get the commit as their head, and no event is sent. Returns the commit.
    pub fn commit(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let git = &self.inner.host.git;
        let sha = git.change(repository, branch, files)?;
        self.inner.follow(repository, branch, &sha);
        Ok(sha)
    }

    /// The same with all events that a push has.
    pub fn commit_and_send(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<String, Error> {
        let old = self.head_of(repository, branch).ok();
        let git = &self.inner.host.git;
        let sha = git.change(repository, branch, files)?;
        self.inner.pushed("ada", repository, branch, old.as_deref(), &sha);
        Ok(sha)
    }

    /// Moves a branch to another commit, as a forced push does, with its events.
    pub fn force_push(&self, repository: &str, branch: &str, sha: &str) -> Result<(), Error> {
        let old = self.head_of(repository, branch)?;
        self.inner.host.git.point(repository, &format!("refs/heads/{branch}"), sha);
        self.inner.pushed("ada", repository, branch, Some(&old), sha);
        Ok(())
    }

    /// Renames a branch. Bitbucket has no such operation: the new one is pushed and the old one deleted, so that the
    /// open pull requests from it are declined, and those to it keep its name.
    pub fn rename_branch(&self, repository: &str, old: &str, new: &str) -> Result<(), Error> {
        let sha = self.inner.host.git.rename_branch(repository, old, new)?;
        self.inner.pushed("ada", repository, new, None, &sha);
        {
            let push = Push { repository, branch: old, old: Some(&sha), new: None };
            self.inner.push_event(&self.inner.state(), "ada", &push);
        }
        let from: Vec<(String, u64)> = {
            let mut state = self.inner.state();
            let all = state.pulls_from(repository, old);
            all.iter().map(|pull| (pull.repository.clone(), pull.number)).collect()
        };
        from.iter().try_for_each(|(repository, number)| self.decline_pull(repository, *number))
    }
}
