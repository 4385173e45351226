//! What the control endpoint does.

use palisade_fake_host::{Branches, Controlled, Error};
use serde_json::{Value, json};

use crate::FakeAzureDevOps;

impl Controlled for FakeAzureDevOps {
    /// Only the certificate authority is set: addresses are those of the subscriptions.
    fn set_webhook(&self, _url: &str, ca: Option<&str>) {
        self.set_delivery_ca(ca);
    }

    fn open_pull(
        &self,
        repository: &str,
        branches: Branches<'_>,
        title: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error> {
        let sha = self.commit(repository, branches.head, files)?;
        Ok((self.open_pull(repository, branches.head, branches.base, title)?, sha))
    }

    fn push(&self, repository: &str, number: u64, files: &[(&str, Option<&str>)]) -> Result<String, Error> {
        self.push(repository, number, files)
    }

    /// All statuses of the iterations whose head is the commit.
    fn checks(&self, repository: &str, sha: &str) -> Vec<Value> {
        let state = self.inner().state();
        let Some(one) = state.named(repository) else { return Vec::new() };
        let pulls = state.pulls.values().filter(|pull| pull.repository == one.id);
        let mut found = Vec::new();
        for pull in pulls {
            let here = |id: u64| pull.iterations.iter().any(|it| it.id == id && it.source == sha);
            found.extend(pull.statuses.iter().filter(|it| it.iteration.is_some_and(here)).map(|it| {
                json!({
                    "id": it.id, "pull": pull.id, "iteration": it.iteration, "name": it.name, "genre": it.genre,
                    "state": it.state, "description": it.description, "target_url": it.target_url,
                    "author": it.author, "threads": pull.threads.len(),
                })
            }));
        }
        found
    }

    fn violations(&self) -> Vec<String> {
        (**self).violations()
    }
}
