//! What the control endpoint does.

use palisade_fake_host::{Branches, Controlled, Error};
use serde_json::{Value, json};

use crate::FakeGitLab;

impl Controlled for FakeGitLab {
    /// Sets the certificate authority alone: hooks are created through the API, with their addresses.
    fn set_webhook(&self, _url: &str, ca: Option<&str>) {
        self.set_ca(ca);
    }

    fn open_pull(
        &self,
        repository: &str,
        branches: Branches<'_>,
        title: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let sha = self.commit(repository, branches.head, files)?;
        Ok((self.open_titled(repository, branches.head, branches.base, title)?, sha))
    }

    fn push(&self, repository: &str, number: u64, files: &[(&str, Option<&str>)]) -> Result<String, Error> {
        self.push(repository, number, files)
    }

    /// The statuses of the commit, also those that were replaced.
    fn checks(&self, repository: &str, sha: &str) -> Vec<Value> {
        let all = self.statuses(repository, sha);
        let shown = |one: &crate::Status| {
            json!({
                "id": one.id, "name": one.name, "status": one.state, "title": one.description,
                "details_url": one.target_url, "replaced": one.retried, "history": one.history,
            })
        };
        all.iter().map(shown).collect()
    }

    fn violations(&self) -> Vec<String> {
        (**self).violations()
    }
}
