//! Users, tokens and plans, and what users write and see.

use palisade_fake_host::{Error, clock, random};

use super::{DAY, make_signing_token, refused};
use crate::api::Posted;
use crate::state::{AUTHOR, OTHER, OURS, OUTSIDER};
use crate::{Discussion, ExternalCheck, FakeGitLab, Hook, Plan, Status};

impl FakeGitLab {
    pub(crate) fn author(&self) -> u64 {
        self.inner.state().user(AUTHOR)
    }

    fn issue(&self, username: &str, scopes: &[&str], days: i64) -> String {
        let mut state = self.inner.state();
        let user = state.user(username);
        state.issue(user, scopes, clock::seconds() + days * DAY)
    }

    /// A new token of the user `palisade` with these scopes.
    pub fn token_with(&self, scopes: &[&str]) -> String {
        self.issue(OURS, scopes, 300)
    }

    /// A token of the user `palisade` that expired yesterday.
    pub fn expired_token(&self) -> String {
        self.issue(OURS, &["api", "read_repository"], -1)
    }

    /// A token of the user `mallory`, who has the role Developer in `acme`.
    pub fn mallory_token(&self) -> String {
        self.issue(OTHER, &["api", "read_repository", "write_repository"], 300)
    }

    /// A token of the user `eve`, who owns another group and no role in `acme`.
    pub fn outsider_token(&self) -> String {
        self.issue(OUTSIDER, &["api", "read_repository"], 300)
    }

    /// Revokes a token.
    pub fn revoke(&self, token: &str) {
        if let Some(one) = self.inner.state().tokens.get_mut(token) {
            one.revoked = true;
        }
    }

    /// Sets when a token expires, in seconds since 1970.
    pub fn expire(&self, token: &str, at: i64) {
        if let Some(one) = self.inner.state().tokens.get_mut(token) {
            one.expires = at;
        }
    }

    /// All tokens that were issued.
    pub fn tokens(&self) -> Vec<String> {
        self.inner.state().tokens.keys().cloned().collect()
    }

    /// Sets the role of a user in a group, or removes the user without one.
    pub fn set_role(&self, group: &str, username: &str, role: Option<u8>) {
        let mut state = self.inner.state();
        let (id, user) = (state.group(group).map_or(0, |one| one.id), state.user(username));
        if let Some(one) = state.groups.get_mut(&id) {
            match role {
                Some(role) => one.members.insert(user, role),
                None => one.members.remove(&user),
            };
        }
    }

    /// Sets the plan of a group.
    pub fn set_plan(&self, group: &str, plan: Plan) {
        let mut state = self.inner.state();
        let id = state.group(group).map_or(0, |one| one.id);
        if let Some(one) = state.groups.get_mut(&id) {
            one.plan = plan;
        }
    }

    /// Adds an external status check to a project. Returns its number.
    pub fn add_external_check(&self, full_path: &str, name: &str) -> Result<u64, Error> {
        let id = self.inner.state().next();
        let check =
            ExternalCheck { id, name: name.to_owned(), url: "https://palisade.example.com".to_owned() };
        self.change(full_path, |one| one.checks.push(check))?;
        Ok(id)
    }

    /// All statuses of a commit in a project, oldest first.
    pub fn statuses(&self, full_path: &str, sha: &str) -> Vec<Status> {
        let state = self.inner.state();
        let project = state.project(full_path).map_or(0, |one| one.id);
        state.statuses.values().filter(|one| one.project == project && one.sha == sha).cloned().collect()
    }

    /// The status of a merge request's pipeline at its head; `None` without one.
    pub fn pipeline_status(&self, full_path: &str, number: u64) -> Result<Option<&'static str>, Error> {
        let pull = self.pull(full_path, number)?;
        let state = self.inner.state();
        Ok(state.head_pipeline(&pull).map(|one| state.pipeline_status(one.id)))
    }

    /// The discussions and single notes of a merge request, oldest first.
    pub fn discussions(&self, full_path: &str, number: u64) -> Vec<Discussion> {
        let state = self.inner.state();
        let project = state.project(full_path).map_or(0, |one| one.id);
        state.discussions_of(project, number).cloned().collect()
    }

    /// The name of a user.
    pub fn username(&self, id: u64) -> String {
        self.inner.state().users.get(&id).map(|one| one.username.clone()).unwrap_or_default()
    }

    /// A user comments on a merge request, and the event is sent.
    pub fn comment_as(&self, username: &str, full_path: &str, number: u64, text: &str) -> Result<u64, Error> {
        let (project, pull) = (self.project(full_path)?, self.pull(full_path, number)?);
        let user = self.inner.state().user(username);
        Ok(self.inner.add_note(user, &project, &pull, text))
    }

    /// A user sets a status of a commit.
    pub fn set_status(
        &self,
        username: &str,
        full_path: &str,
        sha: &str,
        name: &str,
        state: &str,
    ) -> Result<(), Error> {
        let project = self.project(full_path)?;
        let user = self.inner.state().user(username);
        let new = Posted { state, name: Some(name), ..Posted::default() };
        self.inner.post_status(user, &project, sha, &new).map(|_| ()).map_err(|reply| refused(&reply))
    }

    /// A user resolves a discussion, or opens it again.
    pub fn resolve(&self, username: &str, full_path: &str, id: &str, resolved: bool) -> Result<(), Error> {
        let project = self.project(full_path)?;
        let user = self.inner.state().user(username);
        self.inner.resolve(user, &project, id, resolved).map_err(|reply| refused(&reply))
    }

    /// All hooks.
    pub fn all_hooks(&self) -> Vec<Hook> {
        self.inner.state().hooks.values().cloned().collect()
    }

    /// Changes all hooks by hand, such as their secrets in the middle of a delivery.
    pub fn change_hooks(&self, what: impl FnMut(&mut Hook)) {
        self.inner.state().hooks.values_mut().for_each(what);
    }

    /// Changes the secrets of all hooks by hand, of each kind that a hook has.
    pub fn change_hook_secrets(&self) {
        self.change_hooks(|one| {
            one.token = one.token.take().map(|_| random(20));
            one.signing_token = one.signing_token.take().map(|_| make_signing_token());
        });
    }

    /// Disables all hooks as after forty failures in a row.
    pub fn disable_hooks(&self) {
        self.change_hooks(|one| one.failures = 40);
    }

    /// Ends the pauses of all hooks that are temporarily disabled.
    pub fn end_pauses(&self) {
        self.change_hooks(|one| one.disabled_until = 0);
    }
}
