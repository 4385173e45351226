//! Payloads of deliveries.

use palisade_fake_host::guid;
use serde_json::{Map, Value, json};

use crate::delivery::Order;
use crate::state::{Place, Project, Pull, State};
use crate::{Inner, render};

/// The ID of a commit that does not exist: of a branch before it was created, and after it was deleted.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// The most commits that a push lists (docs.gitlab.com, "Webhook events", section "Push events").
const COMMITS: usize = 20;

/// An event that GitLab sends to hooks. Each names the project by its full path.
#[derive(Clone, Debug)]
pub enum Event {
    /// `Merge Request Hook`: project, number, action, the commit that was the head before, and the changes. For `open`,
    /// `update`, `close`, `reopen`, `merge`.
    Pull(String, u64, &'static str, Option<String>, Value),
    /// `Note Hook`: project, number of the merge request, number of the note.
    Note(String, u64, u64),
    /// `Push Hook`: project, branch, and its commits before and after, which are absent if it did not exist.
    Push(String, String, Option<String>, Option<String>),
    /// `Pipeline Hook`: project and number of the pipeline.
    Pipeline(String, u64),
    /// Anything else: project, header, flag and payload.
    Raw(String, String, &'static str, Value),
}

/// An event as it is sent.
pub(crate) struct Made {
    /// `X-Gitlab-Event`.
    pub(crate) header: String,
    /// The flag of hooks that get it.
    pub(crate) flag: &'static str,
    pub(crate) payload: Value,
    project: Project,
}

impl Event {
    fn project(&self) -> &str {
        match self {
            Self::Pull(project, ..)
            | Self::Note(project, ..)
            | Self::Push(project, ..)
            | Self::Pipeline(project, ..)
            | Self::Raw(project, ..) => project,
        }
    }
}

/// Who caused an event.
fn sender(state: &State, user: u64) -> Value {
    let Some(one) = state.users.get(&user) else { return Value::Null };
    let email = format!("{}@example.com", one.username);
    json!({ "id": one.id, "name": one.name, "username": one.username, "avatar_url": null, "email": email })
}

impl Inner {
    /// Sends an event in the background to all hooks that get it: those of the project and of its group.
    pub(crate) fn emit(&self, user: u64, event: &Event) {
        let Some(made) = self.payload(user, event) else { return };
        let hooks: Vec<u64> = {
            let state = self.state();
            let group = state.group_of(&made.project).map(|one| Place::Group(one.id));
            let gets = |one: &&crate::Hook| {
                (one.place == Place::Project(made.project.id) || Some(one.place) == group)
                    && one.events.get(made.flag) == Some(&true)
            };
            state.hooks.values().filter(gets).map(|one| one.id).collect()
        };
        for hook in hooks {
            let (event, payload) = (made.header.clone(), made.payload.clone());
            self.outbox.enqueue(Order { hook, event, payload, id: guid(), forced: false });
        }
    }

    /// The payload of an event; `None` if its object does not exist.
    pub(crate) fn payload(&self, user: u64, event: &Event) -> Option<Made> {
        let state = self.state();
        let project = state.project(event.project())?.clone();
        let (header, flag, payload) = match event {
            Event::Pull(_, number, action, before, changes) => {
                let pull = state.pulls.get(&(project.id, *number))?;
                let mut attributes = self.pull_attributes(&state, pull)?;
                attributes.insert("action".to_owned(), json!(action));
                if let Some(before) = before {
                    attributes.insert("oldrev".to_owned(), json!(before));
                }
                let payload = json!({
                    "object_kind": "merge_request", "event_type": "merge_request", "user": sender(&state, user),
                    "project": self.project_data(&project), "repository": self.repository_data(&project),
                    "object_attributes": attributes, "labels": [], "changes": changes, "assignees": [],
                    "reviewers": [],
                });
                ("Merge Request Hook", "merge_requests_events", payload)
            }
            Event::Note(_, number, note) => {
                let pull = state.pulls.get(&(project.id, *number))?;
                let payload = self.note_payload(&state, user, &project, pull, *note)?;
                ("Note Hook", "note_events", payload)
            }
            Event::Push(_, branch, before, after) => {
                let payload = self.push(&state, user, &project, branch, before.as_deref(), after.as_deref());
                ("Push Hook", "push_events", payload)
            }
            Event::Pipeline(_, pipeline) => (
                "Pipeline Hook",
                "pipeline_events",
                self.pipeline_payload(&state, user, &project, *pipeline)?,
            ),
            Event::Raw(_, header, flag, payload) => (header.as_str(), *flag, payload.clone()),
        };
        Some(Made { header: header.to_owned(), flag, payload, project })
    }

    fn project_data(&self, one: &Project) -> Value {
        let web = format!("{}/{}", self.url, one.full_path);
        let (http, host) = (format!("{web}.git"), self.url.trim_start_matches("https://"));
        let ssh = format!("git@{host}:{}.git", one.full_path);
        let (namespace, name) = one.full_path.rsplit_once('/').unwrap_or(("", &one.full_path));
        json!({
            "id": one.id, "name": name, "description": "", "web_url": web, "avatar_url": null, "git_ssh_url": ssh,
            "git_http_url": http, "namespace": namespace, "visibility_level": if one.private { 0 } else { 20 },
            "path_with_namespace": one.full_path, "default_branch": one.default_branch, "ci_config_path": null,
            "homepage": web, "url": ssh, "ssh_url": ssh, "http_url": http,
        })
    }

    fn repository_data(&self, one: &Project) -> Value {
        let web = format!("{}/{}", self.url, one.full_path);
        let name = one.full_path.rsplit('/').next();
        json!({ "name": name, "url": format!("{web}.git"), "description": "", "homepage": web })
    }

    fn commit_data(&self, project: &Project, sha: &str) -> Value {
        let Some(one) = self.host.git.show(&project.full_path, sha) else { return Value::Null };
        json!({
            "id": one.sha, "message": one.message, "title": one.message.lines().next(), "timestamp": one.date,
            "url": format!("{}/{}/-/commit/{}", self.url, project.full_path, one.sha),
            "author": { "name": one.author, "email": one.email },
        })
    }

    /// The attributes of a merge request. Those of a fork that was deleted have no source.
    fn pull_attributes(&self, state: &State, one: &Pull) -> Option<Map<String, Value>> {
        let target = state.projects.get(&one.project)?;
        let source = one.source.and_then(|id| state.projects.get(&id));
        let pipeline = state.head_pipeline(one).map(|it| it.id);
        let number = match one.state {
            "opened" => 1,
            "closed" => 2,
            _ => 3,
        };
        let all = json!({
            "id": one.id, "iid": one.number, "assignee_id": null, "assignee_ids": [], "author_id": one.author,
            "created_at": one.created_at, "updated_at": one.updated_at, "description": one.body,
            "draft": false, "work_in_progress": false, "head_pipeline_id": pipeline, "last_edited_at": null,
            "last_edited_by_id": null, "merge_commit_sha": one.merge_sha, "merge_error": null,
            "merge_params": { "force_remove_source_branch": "0" }, "merge_status": "can_be_merged",
            "detailed_merge_status": "mergeable", "merge_user_id": null, "merge_when_pipeline_succeeds": false,
            "milestone_id": null, "source_branch": one.source_branch, "source_project_id": one.source,
            "state_id": number, "state": one.state, "target_branch": one.target_branch,
            "target_project_id": one.project, "time_estimate": 0, "title": one.title, "updated_by_id": null,
        });
        let more = json!({
            "url": format!("{}/{}/-/merge_requests/{}", self.url, target.full_path, one.number),
            "source": source.map(|it| self.project_data(it)), "target": self.project_data(target),
            "last_commit": self.commit_data(target, one.head()), "labels": [], "reviewer_ids": [],
            "blocking_discussions_resolved": true, "first_contribution": false, "total_time_spent": 0,
            "human_total_time_spent": null, "human_time_estimate": null, "time_change": 0,
        });
        render::extended(all, more).as_object().cloned()
    }

    fn note_payload(
        &self,
        state: &State,
        user: u64,
        project: &Project,
        pull: &Pull,
        id: u64,
    ) -> Option<Value> {
        let (holder, note) = state
            .discussions_of(project.id, pull.number)
            .find_map(|one| Some((one, one.notes.iter().find(|it| it.id == id)?)))?;
        let web = format!("{}/{}/-/merge_requests/{}", self.url, project.full_path, pull.number);
        let shown = self.note(state, holder, note);
        Some(json!({
            "object_kind": "note", "event_type": "note", "user": sender(state, user),
            "project_id": project.id, "project": self.project_data(project),
            "repository": self.repository_data(project),
            "object_attributes": {
                "id": note.id, "note": note.body, "noteable_type": "MergeRequest", "author_id": note.author,
                "created_at": note.created_at, "updated_at": note.updated_at, "project_id": project.id,
                "attachment": null, "line_code": null, "commit_id": null, "noteable_id": pull.id, "system": false,
                "st_diff": null, "action": "create", "type": shown["type"], "discussion_id": holder.id,
                "position": shown["position"], "internal": false, "url": format!("{web}#note_{}", note.id),
            },
            "merge_request": self.pull_attributes(state, pull)?,
        }))
    }

    fn push(
        &self,
        state: &State,
        user: u64,
        project: &Project,
        branch: &str,
        before: Option<&str>,
        after: Option<&str>,
    ) -> Value {
        let git = &self.host.git;
        // Of a new branch, the commits that the default branch lacks.
        let from = before.unwrap_or(&project.default_branch);
        let all = after.map(|after| git.between(&project.full_path, from, after)).unwrap_or_default();
        let commit = |sha: &String| {
            let mut data = self.commit_data(project, sha);
            let parent = git.show(&project.full_path, sha).and_then(|one| one.parents.first().cloned());
            let changes =
                parent.and_then(|parent| git.changes(&project.full_path, &parent, sha)).unwrap_or_default();
            let paths = |kinds: &[char]| -> Vec<&str> {
                changes
                    .iter()
                    .filter(|one| kinds.contains(&one.status))
                    .map(|one| one.path.as_str())
                    .collect()
            };
            data["added"] = json!(paths(&['A']));
            data["modified"] = json!(paths(&['M', 'T']));
            data["removed"] = json!(paths(&['D']));
            data
        };
        let shown = all.len().saturating_sub(COMMITS);
        let commits: Vec<Value> = all.iter().skip(shown).map(commit).collect();
        let sender = sender(state, user);
        let whole = self.project_data(project);
        let addresses = json!({
            "git_http_url": whole["git_http_url"], "git_ssh_url": whole["git_ssh_url"],
            "visibility_level": whole["visibility_level"],
        });
        json!({
            "object_kind": "push", "event_name": "push", "before": before.unwrap_or(NOTHING),
            "after": after.unwrap_or(NOTHING), "ref": format!("refs/heads/{branch}"), "ref_protected": false,
            "checkout_sha": after, "message": null, "user_id": sender["id"], "user_name": sender["name"],
            "user_username": sender["username"], "user_email": "", "user_avatar": null, "project_id": project.id,
            "project": whole, "commits": commits, "total_commits_count": all.len(),
            "push_options": {}, "repository": render::extended(self.repository_data(project), addresses),
        })
    }

    fn pipeline_payload(&self, state: &State, user: u64, project: &Project, id: u64) -> Option<Value> {
        let one = state.pipelines.get(&id)?;
        let pull = one.pull.and_then(|number| state.pulls.get(&(project.id, number)));
        let pull = pull.map(|it| {
            json!({
                "id": it.id, "iid": it.number, "title": it.title, "source_branch": it.source_branch,
                "source_project_id": it.source, "target_branch": it.target_branch,
                "target_project_id": it.project, "state": it.state, "merge_status": "can_be_merged",
                "detailed_merge_status": "mergeable",
                "url": format!("{}/{}/-/merge_requests/{}", self.url, project.full_path, it.number),
            })
        });
        let status = state.pipeline_status(id);
        let builds: Vec<Value> = state
            .latest(id)
            .map(|one| {
                json!({
                    "id": one.id, "stage": "external", "name": one.name, "status": one.state,
                    "created_at": one.created_at, "started_at": one.started_at, "finished_at": one.finished_at,
                    "duration": null, "queued_duration": null, "when": "on_success", "manual": false,
                    "allow_failure": false, "failure_reason": null, "user": sender(state, one.author),
                    "runner": null, "artifacts_file": { "filename": null, "size": null }, "environment": null,
                })
            })
            .collect();
        Some(json!({
            "object_kind": "pipeline", "object_attributes": {
                "id": id, "iid": id, "name": null, "ref": one.reference, "tag": false, "sha": one.sha,
                "before_sha": NOTHING, "source": one.source, "status": status, "detailed_status": status,
                "stages": ["external"], "created_at": one.created_at, "finished_at": null, "duration": null,
                "queued_duration": null, "variables": [],
                "url": format!("{}/{}/-/pipelines/{id}", self.url, project.full_path),
            },
            "merge_request": pull, "user": sender(state, user), "project": self.project_data(project),
            "commit": self.commit_data(project, &one.sha), "builds": builds,
        }))
    }
}
