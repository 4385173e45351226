//! Payloads of deliveries (support.atlassian.com, "Event payloads"); their forms are those of published samples.

use palisade_fake_host::guid;
use serde_json::{Value, json};

use crate::Inner;
use crate::delivery::Order;
use crate::state::{Place, Repository, State};

/// A branch that was moved, created or deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Push<'a> {
    /// Full name of the repository.
    pub(crate) repository: &'a str,
    /// The branch.
    pub(crate) branch: &'a str,
    /// Its commit before; `None` if it is new.
    pub(crate) old: Option<&'a str>,
    /// Its commit now; `None` if it was deleted.
    pub(crate) new: Option<&'a str>,
}

/// The most commits that a push event has.
const COMMITS: usize = 5;

impl Inner {
    /// Sends an event of a repository to its webhooks and those of its workspace that subscribe to it.
    fn emit(&self, state: &State, event: &str, one: &Repository, payload: &Value) {
        let places = [Place::Repository(one.full_name.clone()), Place::Workspace(one.workspace().to_owned())];
        for hook in state.hooks.iter().filter(|hook| places.contains(&hook.place) && hook.active) {
            if hook.events.iter().any(|subscribed| subscribed == event) {
                self.outbox.enqueue(Order {
                    event: event.to_owned(),
                    request: guid(),
                    hook: hook.uuid.clone(),
                    payload: payload.clone(),
                });
            }
        }
    }

    /// The members that every event has.
    fn about(&self, state: &State, actor: &str, one: &Repository) -> Value {
        json!({ "repository": self.repository(state, one), "actor": self.person(state, actor) })
    }

    /// Sends an event of a pull request.
    pub(crate) fn pull_event(&self, state: &State, event: &str, actor: &str, key: &(String, u64)) {
        let Some(pull) = state.pulls.get(key) else { return };
        let Some(one) = state.repository(&key.0) else { return };
        let mut payload = self.about(state, actor, one);
        payload["pullrequest"] = self.pull(state, pull);
        self.emit(state, event, one, &payload);
    }

    /// Sends an event of a comment.
    pub(crate) fn comment_event(&self, state: &State, event: &str, actor: &str, id: u64) {
        let Some(comment) = state.comments.get(&id) else { return };
        let Some(pull) = state.pulls.get(&(comment.repository.clone(), comment.pull)) else { return };
        let Some(one) = state.repository(&comment.repository) else { return };
        let mut payload = self.about(state, actor, one);
        payload["pullrequest"] = self.pull(state, pull);
        payload["comment"] = self.comment(state, comment);
        self.emit(state, event, one, &payload);
    }

    /// Sends the event of a build status.
    pub(crate) fn status_event(
        &self,
        state: &State,
        actor: &str,
        one: &Repository,
        status: &Value,
        is_new: bool,
    ) {
        let mut payload = self.about(state, actor, one);
        payload["commit_status"] = status.clone();
        let event = if is_new { "repo:commit_status_created" } else { "repo:commit_status_updated" };
        self.emit(state, event, one, &payload);
    }

    /// Sends `repo:push`.
    pub(crate) fn push_event(&self, state: &State, actor: &str, push: &Push<'_>) {
        let Some(one) = state.repository(push.repository) else { return };
        let side = |sha: Option<&str>| sha.and_then(|sha| self.branch(one, push.branch, sha));
        let git = &self.host.git;
        let mut commits = match (push.old, push.new) {
            (Some(old), Some(new)) => git.between(&one.full_name, old, new),
            (None, Some(new)) => vec![new.to_owned()],
            _ => Vec::new(),
        };
        let forced = push.old.zip(push.new).is_some_and(|(old, new)| {
            git.merge_base(&one.full_name, old, new).is_none_or(|base| base != old)
        });
        commits.reverse();
        let truncated = commits.len() > COMMITS;
        let commits: Vec<Value> =
            commits.iter().take(COMMITS).filter_map(|sha| self.commit(one, sha)).collect();
        let change = json!({
            "old": side(push.old), "new": side(push.new), "created": push.old.is_none(),
            "closed": push.new.is_none(), "forced": forced, "truncated": truncated, "commits": commits,
        });
        let mut payload = self.about(state, actor, one);
        payload["push"] = json!({ "changes": [change] });
        self.emit(state, "repo:push", one, &payload);
    }

    /// Sends `repo:updated` for a repository that has another name now.
    pub(crate) fn renamed_event(&self, state: &State, actor: &str, one: &Repository, old: &str) {
        let mut payload = self.about(state, actor, one);
        let name = old.split('/').nth(1).unwrap_or_default();
        payload["changes"] = json!({
            "name": { "old": name, "new": one.slug() }, "full_name": { "old": old, "new": one.full_name },
        });
        self.emit(state, "repo:updated", one, &payload);
    }

    /// Sends an event of a repository alone, such as `repo:deleted`.
    pub(crate) fn repository_event(&self, state: &State, event: &str, actor: &str, one: &Repository) {
        self.emit(state, event, one, &self.about(state, actor, one));
    }
}
