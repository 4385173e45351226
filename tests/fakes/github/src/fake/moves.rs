//! Rare events: renamed repositories, another installation, stale responses, and trees that are too large to walk.

use std::time::{Duration, Instant};

use palisade_fake_host::random;

use crate::payload::Event;
use crate::state::Repository;
use crate::{Error, FakeGitHub};

impl FakeGitHub {
    /// Renames a repository and sends the event.
    pub fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error> {
        self.inner.host.git.rename(old, new)?;
        {
            let mut state = self.inner.state();
            let mut one = state
                .repositories
                .remove(&old.to_lowercase())
                .ok_or_else(|| Error::Absent(old.to_owned()))?;
            new.clone_into(&mut one.full_name);
            state.repositories.insert(new.to_lowercase(), one);
            let of_old: Vec<_> = state.pulls.keys().filter(|(name, _)| name == old).cloned().collect();
            for key in of_old {
                if let Some(mut pull) = state.pulls.remove(&key) {
                    new.clone_into(&mut pull.repository);
                    state.pulls.insert((new.to_owned(), key.1), pull);
                }
            }
        }
        let name = old.split('/').next_back().unwrap_or(old).to_owned();
        self.emit(&Event::Renamed(new.to_owned(), name));
        Ok(())
    }

    /// Archives a repository and sends the event.
    pub fn archive_repository(&self, full_name: &str) -> Result<(), Error> {
        self.change(full_name, |one| one.archived = true)?;
        self.emit(&Event::Archived(full_name.to_owned()));
        Ok(())
    }

    /// Somebody sets another secret of the App's webhook. Returns the secret.
    pub fn change_webhook_secret(&self) -> String {
        let secret = random(32);
        self.inner.state().webhook_secret = Some(secret.clone());
        secret
    }

    /// Removes an installation and installs the App again in the same organisation, with the same repositories, and
    /// sends both events. Returns the number of the new installation.
    pub fn reinstall(&self, id: u64) -> Result<u64, Error> {
        let old = self.installation(id)?;
        let repositories: Vec<Repository> = {
            let state = self.inner.state();
            state.repositories.values().filter(|one| one.installation == id).cloned().collect()
        };
        self.uninstall(id)?;
        let new = self.add_installation(&old.login);
        let mut state = self.inner.state();
        for mut one in repositories {
            one.installation = new;
            state.repositories.insert(one.full_name.to_lowercase(), one);
        }
        Ok(new)
    }

    /// Returns a pull request as it is now for some time, as GitHub's reads may lag behind writes.
    pub fn lag_pull(&self, repository: &str, number: u64, time: Duration) -> Result<(), Error> {
        let now = self.pull(repository, number)?;
        self.inner.state().stale.insert((repository.to_owned(), number), (Instant::now() + time, now));
        Ok(())
    }
}
