//! Payloads of deliveries.

use palisade_fake_host::clock;
use serde_json::{Value, json};

use crate::state::{Installation, State};
use crate::{Inner, render};

/// An event that GitHub sends to the App.
#[derive(Clone, Debug)]
pub enum Event {
    /// The webhook was set up.
    Ping,
    /// `pull_request`: action, repository, number. For `opened`, `reopened`, `closed`.
    Pull(&'static str, String, u64),
    /// `pull_request`, `synchronize`: repository, number, the commit that was the head before.
    Synchronize(String, u64, String),
    /// `pull_request`, `edited`: repository, number, the branch that was the base before.
    Retargeted(String, u64, String),
    /// `merge_group`, `checks_requested`: repository, the group's commit, its target branch, and the commit of that
    /// branch.
    MergeGroup(String, String, String, String),
    /// `repository`, `renamed`: repository, and its former name without the owner.
    Renamed(String, String),
    /// `repository`, `archived`: repository.
    Archived(String),
    /// `check_run`, `rerequested`: number of the check.
    CheckRerequested(u64),
    /// `check_suite`, `rerequested`: repository, commit.
    SuiteRerequested(String, String),
    /// `issue_comment`, `created`, on a pull request: repository, number, text.
    Comment(String, u64, String),
    /// `installation`: action (`created`, `deleted`, `suspend`, `unsuspend`) and installation.
    Installation(&'static str, Box<Installation>),
    /// `installation_repositories`: installation, names that were added, names that were removed.
    Repositories(u64, Vec<String>, Vec<String>),
    /// Anything else: name and payload.
    Raw(String, Value),
}

impl Inner {
    /// The name and the payload of an event; `None` if its object does not exist.
    pub(crate) fn payload(&self, event: &Event) -> Option<(String, Value)> {
        let state = &*self.state();
        let (name, payload) = match event {
            Event::Ping => ("ping", self.ping(state)),
            Event::Pull(action, repository, number) => {
                ("pull_request", self.pull_event(state, action, repository, *number)?)
            }
            Event::Synchronize(repository, number, before) => {
                let mut payload = self.pull_event(state, "synchronize", repository, *number)?;
                payload["before"] = json!(before);
                payload["after"] = payload["pull_request"]["head"]["sha"].clone();
                ("pull_request", payload)
            }
            Event::Retargeted(repository, number, from) => {
                let mut payload = self.pull_event(state, "edited", repository, *number)?;
                let base = payload["pull_request"]["base"]["sha"].clone();
                payload["changes"] = json!({ "base": { "ref": { "from": from }, "sha": { "from": base } } });
                ("pull_request", payload)
            }
            Event::MergeGroup(repository, head, branch, base) => {
                let mut payload = self.about(state, "checks_requested", repository)?;
                payload["merge_group"] = json!({
                    "head_sha": head, "head_ref": format!("refs/heads/gh-readonly-queue/{branch}/pr-1-{base}"),
                    "base_sha": base, "base_ref": format!("refs/heads/{branch}"),
                    "head_commit": self.head_commit(repository, head)?,
                });
                ("merge_group", payload)
            }
            Event::Renamed(repository, from) => {
                let mut payload = self.about(state, "renamed", repository)?;
                payload["changes"] = json!({ "repository": { "name": { "from": from } } });
                ("repository", payload)
            }
            Event::Archived(repository) => ("repository", self.about(state, "archived", repository)?),
            Event::CheckRerequested(id) => ("check_run", self.check_event(state, *id)?),
            Event::SuiteRerequested(repository, sha) => {
                ("check_suite", self.suite_event(state, repository, sha)?)
            }
            Event::Comment(repository, number, text) => {
                ("issue_comment", self.comment_event(state, repository, *number, text)?)
            }
            Event::Installation(action, one) => ("installation", self.installation_event(state, action, one)),
            Event::Repositories(id, added, removed) => {
                ("installation_repositories", self.repositories_event(state, *id, added, removed)?)
            }
            Event::Raw(name, payload) => (name.as_str(), payload.clone()),
        };
        let mut payload = payload;
        for place in ["/repository", "/pull_request/head/repo", "/pull_request/base/repo"] {
            if let Some(repository) = payload.pointer_mut(place).and_then(Value::as_object_mut) {
                // Deliveries have fewer members of a repository than the REST API.
                repository.retain(|name, _| name != "network_count" && name != "subscribers_count");
                repository.entry("custom_properties").or_insert_with(|| json!({}));
            }
        }
        Some((name.to_owned(), payload))
    }

    fn ping(&self, state: &State) -> Value {
        let id = 520_000_001;
        let hook = json!({
            "type": "App", "id": id, "name": "web", "active": true, "app_id": self.app.id,
            "events": render::events(), "created_at": self.started_at, "updated_at": self.started_at,
            "config": {
                "content_type": "json", "insecure_ssl": "0", "secret": "********",
                "url": state.hook.url.clone().unwrap_or_default(),
            },
            "url": format!("{}/app/hook", self.api_url), "ping_url": format!("{}/app/hook/pings", self.api_url),
            "deliveries_url": format!("{}/app/hook/deliveries", self.api_url),
        });
        json!({ "zen": "Keep it logically awesome.", "hook_id": id, "hook": hook })
    }

    /// The members that every event about a repository has.
    fn about(&self, state: &State, action: &str, repository: &str) -> Option<Value> {
        let repository = state.repository(repository)?;
        let installation = state.installations.get(&repository.installation)?;
        Some(json!({
            "action": action, "repository": self.repository(state, repository),
            "organization": self.organization(installation), "sender": self.mona(),
            "installation": { "id": installation.id, "node_id": render::node("Integration", installation.id) },
        }))
    }

    /// An organisation in the form of events.
    fn organization(&self, one: &Installation) -> Value {
        let api = format!("{}/orgs/{}", self.api_url, one.login);
        json!({
            "login": one.login, "id": one.account_id, "node_id": render::node("Organization", one.account_id),
            "url": api, "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"),
            "hooks_url": format!("{api}/hooks"), "issues_url": format!("{api}/issues"),
            "members_url": format!("{api}/members{{/member}}"),
            "public_members_url": format!("{api}/public_members{{/member}}"),
            "avatar_url": format!("{}/avatars/u/{}", self.web_url, one.account_id), "description": null,
        })
    }

    fn pull_event(&self, state: &State, action: &str, repository: &str, number: u64) -> Option<Value> {
        let mut payload = self.about(state, action, repository)?;
        let pull = state.pulls.get(&(repository.to_owned(), number))?;
        let mut shown = self.pull(state, pull);
        for side in ["head", "base"] {
            if let Some(repository) = shown[side]["repo"].as_object_mut() {
                for flag in ["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"] {
                    repository.insert(flag.to_owned(), json!(true));
                }
                repository.insert("delete_branch_on_merge".to_owned(), json!(false));
                repository.insert("allow_auto_merge".to_owned(), json!(false));
                repository.insert("allow_update_branch".to_owned(), json!(false));
            }
        }
        payload["number"] = json!(number);
        payload["pull_request"] = shown;
        Some(payload)
    }

    fn comment_event(&self, state: &State, repository: &str, number: u64, text: &str) -> Option<Value> {
        let mut payload = self.about(state, "created", repository)?;
        let pull = state.pulls.get(&(repository.to_owned(), number))?;
        payload["issue"] =
            json!({ "number": number, "title": pull.title, "pull_request": {}, "user": self.mona() });
        payload["comment"] = json!({ "body": text, "user": self.mona(), "author_association": "MEMBER" });
        Some(payload)
    }

    fn check_event(&self, state: &State, id: u64) -> Option<Value> {
        let check = state.checks.get(&id)?;
        let mut payload = self.about(state, "rerequested", &check.repository)?;
        let mut shown = self.check(state, check);
        shown["check_suite"] = self.suite(state, &check.repository, &check.sha, check.suite);
        payload["check_run"] = shown;
        Some(payload)
    }

    fn suite(&self, state: &State, repository: &str, sha: &str, id: u64) -> Value {
        let api = format!("{}/repos/{repository}/check-suites/{id}", self.api_url);
        let pulls = state.pulls_at(repository, sha);
        json!({
            "id": id, "node_id": render::node("CheckSuite", id), "head_sha": sha, "url": api,
            "head_branch": pulls.first().map(|one| &one.head_branch), "status": "completed",
            "conclusion": "success", "before": null, "after": sha, "app": self.integration(),
            "pull_requests": self.pulls_minimal(state, repository, sha),
            "created_at": self.started_at, "updated_at": clock::now(),
        })
    }

    fn suite_event(&self, state: &State, repository: &str, sha: &str) -> Option<Value> {
        let mut payload = self.about(state, "rerequested", repository)?;
        let id = *state.suites.get(&(repository.to_owned(), sha.to_owned()))?;
        let mut suite = self.suite(state, repository, sha, id);
        suite["latest_check_runs_count"] = json!(state.checks.values().filter(|one| one.suite == id).count());
        suite["check_runs_url"] = json!(format!("{}/check-runs", suite["url"].as_str().unwrap_or_default()));
        suite["head_commit"] = self.head_commit(repository, sha)?;
        payload["check_suite"] = suite;
        Some(payload)
    }

    /// A commit in the form of events.
    fn head_commit(&self, repository: &str, sha: &str) -> Option<Value> {
        let commit = self.host.git.show(repository, sha)?;
        let person = json!({ "name": commit.author, "email": commit.email });
        Some(json!({
            "id": commit.sha, "tree_id": commit.tree, "message": commit.message, "timestamp": commit.date,
            "author": person, "committer": person,
        }))
    }

    fn installation_event(&self, state: &State, action: &str, one: &Installation) -> Value {
        let names = state.repositories.values().filter(|repository| repository.installation == one.id);
        let names: Vec<&str> = names.map(|repository| repository.full_name.as_str()).collect();
        json!({
            "action": action, "installation": self.installation(one), "sender": self.mona(),
            "repositories": names.iter().map(|name| short(state, name)).collect::<Vec<_>>(),
        })
    }

    fn repositories_event(
        &self,
        state: &State,
        id: u64,
        added: &[String],
        removed: &[String],
    ) -> Option<Value> {
        let one = state.installations.get(&id)?;
        let all = |names: &[String]| names.iter().map(|name| short(state, name)).collect::<Vec<_>>();
        Some(json!({
            "action": if added.is_empty() { "removed" } else { "added" },
            "installation": self.installation(one), "repository_selection": one.selection,
            "repositories_added": all(added), "repositories_removed": all(removed),
            "requester": null, "sender": self.mona(),
        }))
    }
}

/// A repository in the form of installation events; one that no longer exists has number 0.
fn short(state: &State, full_name: &str) -> Value {
    let found = state.repository(full_name);
    let id = found.map_or(0, |one| one.id);
    json!({
        "id": id, "node_id": render::node("Repository", id), "name": full_name.split('/').nth(1),
        "full_name": full_name, "private": found.is_none_or(|one| one.private),
    })
}
