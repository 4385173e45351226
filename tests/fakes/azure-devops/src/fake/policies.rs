//! Branch policies that require a status.

use palisade_fake_host::{Error, clock};
use serde_json::json;

use super::{DEVELOPER, FakeAzureDevOps};
use crate::api::{STATUS, is_blocked};
use crate::state::Policy;

impl FakeAzureDevOps {
    /// Requires a status for pull requests into a branch; an optional policy does not block. With an author, by the short
    /// name, only that user's status counts. Returns the number of the policy.
    pub fn require_status(
        &self,
        repository: &str,
        branch: &str,
        context: (&str, &str),
        author: Option<&str>,
        blocking: bool,
    ) -> Result<u64, Error> {
        let one = self.repository(repository)?;
        let mut state = self.inner.state();
        let author = author.map(|name| state.user(name).id.clone());
        let id = state.next();
        let (genre, name) = context;
        state.policies.push(Policy {
            id,
            project: one.project,
            kind: STATUS.to_owned(),
            enabled: true,
            blocking,
            settings: json!({
                "statusGenre": genre, "statusName": name, "authorId": author, "invalidateOnSourceUpdate": true,
                "defaultDisplayName": null, "policyApplicability": null, "filenamePatterns": [],
                "scope": [{ "refName": format!("refs/heads/{branch}"), "matchKind": "Exact", "repositoryId": one.id }],
            }),
            author: DEVELOPER.to_owned(),
            created_at: clock::now(),
        });
        Ok(id)
    }

    /// Whether a pull request cannot be completed, because a required status did not succeed.
    pub fn is_blocked(&self, repository: &str, number: u64) -> Result<bool, Error> {
        let pull = self.pull(repository, number)?;
        Ok(is_blocked(&self.inner.state(), &pull))
    }
}
