//! Projects and repositories.

use palisade_fake_host::Error;

use super::{DEVELOPER, FakeAzureDevOps};
use crate::payload::Event;
use crate::state::{Project, Repository};
use crate::{Inner, ORGANIZATION};

impl Inner {
    /// Adds a repository without commits, and its project if that does not exist.
    fn add(&self, full_name: &str, fork_of: Option<String>) -> Result<Repository, Error> {
        let (project, name) = full_name.split_once('/').ok_or_else(|| Error::Absent(full_name.to_owned()))?;
        self.host.git.init(full_name, "main")?;
        let mut state = self.state();
        let known = state.project(ORGANIZATION, project).map(|one| one.id.clone());
        let project = known.unwrap_or_else(|| {
            let id = state.guid("b4");
            let (name, organization) = (project.to_owned(), ORGANIZATION.to_owned());
            state.projects.push(Project { id: id.clone(), name, organization });
            id
        });
        let one = Repository {
            id: state.guid("e5"),
            full_name: full_name.to_owned(),
            name: name.to_owned(),
            project,
            default_branch: "main".to_owned(),
            disabled: false,
            fork_of,
        };
        state.repositories.push(one.clone());
        Ok(one)
    }
}

impl FakeAzureDevOps {
    /// Adds a repository `project/name` with one commit on `main`, and sends the event. Returns the commit.
    pub fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error> {
        let one = self.inner.add(full_name, None)?;
        let files: Vec<_> = files.iter().map(|(path, content)| (*path, Some(*content))).collect();
        let sha = self.inner.host.git.commit(full_name, "main", None, "Begin", &files)?;
        self.about("created", one);
        Ok(sha)
    }

    /// Adds a repository without commits and without the event.
    pub fn add_empty_repository(&self, full_name: &str) -> Result<(), Error> {
        self.inner.add(full_name, None).map(|_| ())
    }

    /// Adds a project without repositories.
    pub fn add_project(&self, name: &str) {
        let mut state = self.inner.state();
        let (id, organization) = (state.guid("b4"), ORGANIZATION.to_owned());
        state.projects.push(Project { id, name: name.to_owned(), organization });
    }

    /// Forks a repository with all its branches, and sends the event.
    pub fn fork(&self, full_name: &str, fork: &str) -> Result<(), Error> {
        let source = self.repository(full_name)?;
        let one = self.inner.add(fork, Some(source.id))?;
        self.inner.host.git.fetch(fork, full_name, "refs/heads/*:refs/heads/*")?;
        self.about("forked", one);
        Ok(())
    }

    /// Deletes a repository, and sends the event. Pull requests from it stay open.
    pub fn delete_repository(&self, full_name: &str) -> Result<(), Error> {
        let one = self.repository(full_name)?;
        self.inner.state().repositories.retain(|it| it.id != one.id);
        self.about("deleted", one);
        Ok(())
    }

    /// Renames a repository within its project, and sends the event. Its GUID stays.
    pub fn rename_repository(&self, full_name: &str, name: &str) -> Result<(), Error> {
        let old = self.repository(full_name)?;
        let project = full_name.split('/').next().unwrap_or_default();
        let new = format!("{project}/{name}");
        self.inner.host.git.rename(full_name, &new)?;
        let renamed = {
            let mut state = self.inner.state();
            let one = state.repository_mut(&old.id).ok_or_else(|| Error::Absent(full_name.to_owned()))?;
            (one.full_name, one.name) = (new, name.to_owned());
            one.clone()
        };
        self.about("renamed", renamed);
        Ok(())
    }

    /// Disables a repository or enables it again, and sends the event.
    pub fn set_disabled(&self, full_name: &str, disabled: bool) -> Result<(), Error> {
        let changed = {
            let mut state = self.inner.state();
            let id = state.named(full_name).map(|one| one.id.clone());
            let one = id.and_then(|id| state.repository_mut(&id));
            let one = one.ok_or_else(|| Error::Absent(full_name.to_owned()))?;
            one.disabled = disabled;
            one.clone()
        };
        self.about("statuschanged", changed);
        Ok(())
    }

    fn about(&self, kind: &'static str, repository: Repository) {
        let repository = Box::new(repository);
        self.inner.emit(&Event::Repository { kind, repository, actor: DEVELOPER.to_owned() });
    }
}
