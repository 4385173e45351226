//! What happens to merge requests and projects.

use std::time::{Duration, Instant};

use palisade_fake_host::Error;
use serde_json::json;

use crate::api::add_pipeline;
use crate::{Event, FakeGitLab, Pull};

impl FakeGitLab {
    /// Closes a merge request and sends the event.
    pub fn close_pull(&self, full_path: &str, number: u64) -> Result<(), Error> {
        self.pull(full_path, number)?;
        self.inner.set_state(self.author(), &self.project(full_path)?, number, "closed", "close");
        Ok(())
    }

    /// Reopens a merge request and sends the event.
    pub fn reopen_pull(&self, full_path: &str, number: u64) -> Result<(), Error> {
        self.pull(full_path, number)?;
        self.inner.set_state(self.author(), &self.project(full_path)?, number, "opened", "reopen");
        Ok(())
    }

    /// Gives a merge request another target branch, and sends the event.
    pub fn retarget_pull(&self, full_path: &str, number: u64, branch: &str) -> Result<(), Error> {
        let absent = || Error::Absent(format!("branch `{branch}` in {full_path}"));
        self.inner.retarget(self.author(), &self.project(full_path)?, number, branch).ok_or_else(absent)
    }

    /// Renames a branch and sends both pushes. GitLab knows no such operation: a branch is created and the other one
    /// deleted, and merge requests keep the old name.
    pub fn rename_branch(&self, full_path: &str, old: &str, new: &str) -> Result<(), Error> {
        let sha = self.inner.host.git.rename_branch(full_path, old, new)?;
        self.change(full_path, |one| {
            if one.default_branch == old {
                new.clone_into(&mut one.default_branch);
            }
        })?;
        let push =
            |branch: &str, before, after| Event::Push(full_path.to_owned(), branch.to_owned(), before, after);
        self.emit(&push(new, None, Some(sha.clone())));
        self.emit(&push(old, Some(sha), None));
        Ok(())
    }

    /// The commit that merges a merge request into its target branch, without moving the branch.
    fn merged(&self, full_path: &str, pull: &Pull) -> Result<String, Error> {
        let tip = self.head_of(full_path, &pull.target_branch)?;
        let words = format!("Merge branch '{}' into '{}'", pull.source_branch, pull.target_branch);
        let merged = self.inner.host.git.merge(full_path, &tip, pull.head(), &words);
        merged.ok_or_else(|| Error::Absent(format!("a merge of merge request {}", pull.number)))
    }

    /// Merges a merge request and sends the events. Returns the commit.
    pub fn merge_pull(&self, full_path: &str, number: u64) -> Result<String, Error> {
        let (project, pull) = (self.project(full_path)?, self.pull(full_path, number)?);
        let before = self.head_of(full_path, &pull.target_branch)?;
        let sha = self.merged(full_path, &pull)?;
        self.inner.host.git.point(full_path, &format!("refs/heads/{}", pull.target_branch), &sha);
        if let Some(one) = self.inner.state().pulls.get_mut(&(project.id, number)) {
            one.merge_sha = Some(sha.clone());
        }
        self.inner.set_state(self.author(), &project, number, "merged", "merge");
        self.inner.moved(self.author(), &project, &pull.target_branch, Some(before), &sha);
        Ok(sha)
    }

    /// Adds a merge request to the merge train of its target branch: the commit that merges it gets a pipeline of the
    /// reference `refs/merge-requests/N/train`, and its event is sent (docs.gitlab.com, "Merge trains"). Returns the
    /// commit and the number of the pipeline.
    pub fn start_train(&self, full_path: &str, number: u64) -> Result<(String, u64), Error> {
        let (project, pull) = (self.project(full_path)?, self.pull(full_path, number)?);
        let sha = self.merged(full_path, &pull)?;
        let reference = format!("refs/merge-requests/{number}/train");
        self.inner.host.git.point(full_path, &reference, &sha);
        let pipeline = {
            let mut state = self.inner.state();
            add_pipeline(&mut state, project.id, &sha, &reference, "merge_request_event", Some(number))
        };
        self.emit(&Event::Pipeline(full_path.to_owned(), pipeline));
        Ok((sha, pipeline))
    }

    /// Deletes a project with its hooks and its merge requests. Merge requests from it lose their source.
    pub fn delete_project(&self, full_path: &str) -> Result<(), Error> {
        let id = self.project(full_path)?.id;
        let mut state = self.inner.state();
        state.projects.remove(&id);
        state.hooks.retain(|_, one| one.place != crate::Place::Project(id));
        state.pulls.retain(|(project, _), _| *project != id);
        for pull in state.pulls.values_mut().filter(|one| one.source == Some(id)) {
            pull.source = None;
        }
        Ok(())
    }

    /// Archives a project, which can then only be read, or makes it active again.
    pub fn archive_project(&self, full_path: &str, archived: bool) -> Result<(), Error> {
        self.change(full_path, |one| one.archived = archived)
    }

    /// Gives a project another path. Its number, which hooks and merge requests refer to, remains.
    pub fn rename_project(&self, old: &str, new: &str) -> Result<(), Error> {
        let folder = self.inner.host.git.path(new);
        if let Some(parent) = folder.parent() {
            std::fs::create_dir_all(parent)?;
        }
        self.inner.host.git.rename(old, new)?;
        self.change(old, |one| new.clone_into(&mut one.full_path))
    }

    /// Returns a merge request as it is now for some time, as GitLab's reads may lag behind pushes.
    pub fn lag_pull(&self, full_path: &str, number: u64, time: Duration) -> Result<(), Error> {
        let now = self.pull(full_path, number)?;
        self.inner.state().stale.insert((now.project, number), (Instant::now() + time, now));
        Ok(())
    }

    /// Changes the title of a merge request and sends the event, which has no former head.
    pub fn retitle_pull(&self, full_path: &str, number: u64, title: &str) -> Result<(), Error> {
        let (project, pull) = (self.project(full_path)?, self.pull(full_path, number)?);
        if let Some(one) = self.inner.state().pulls.get_mut(&(project.id, number)) {
            title.clone_into(&mut one.title);
        }
        let changes = json!({ "title": { "previous": pull.title, "current": title } });
        self.emit(&Event::Pull(project.full_path, number, "update", None, changes));
        Ok(())
    }
}
