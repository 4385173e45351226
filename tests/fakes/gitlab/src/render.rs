//! Objects in the form of GitLab's responses.

use serde_json::{Map, Value, json};

use crate::api::FLAGS;
use crate::diff::FileDiff;
use crate::state::{
    Discussion, Group, Hook, Note, Pipeline, Place, Position, Project, Pull, State, Status, Version,
};
use crate::{Delivery, Inner};

/// The longest diff of a file that is shown, in bytes (docs.gitlab.com, "Diff limits administration").
const LARGEST: usize = 200 * 1024;

/// The object with the members of another one added.
pub(crate) fn extended(mut all: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

impl Inner {
    /// A user in the short form.
    pub(crate) fn user(&self, state: &State, id: u64) -> Value {
        let Some(one) = state.users.get(&id) else { return Value::Null };
        json!({
            "id": one.id, "username": one.username, "name": one.name, "state": "active", "locked": false,
            "avatar_url": null, "web_url": format!("{}/{}", self.url, one.username),
        })
    }

    /// A group.
    pub(crate) fn group(&self, one: &Group) -> Value {
        json!({
            "id": one.id, "name": one.path, "path": one.path, "description": "", "visibility": "private",
            "lfs_enabled": true, "avatar_url": null, "web_url": format!("{}/groups/{}", self.url, one.path),
            "request_access_enabled": true, "full_name": one.path, "full_path": one.path, "parent_id": null,
            "created_at": "2026-01-02T03:04:05.000Z",
        })
    }

    /// The group that a project is in.
    fn namespace(&self, state: &State, one: &Project) -> Value {
        let path = one.full_path.rsplit_once('/').map_or("", |(path, _)| path);
        let group = state.group_of(one);
        json!({
            "id": group.map_or(0, |one| one.id), "name": path, "path": path, "kind": "group", "full_path": path,
            "parent_id": null, "avatar_url": null, "web_url": format!("{}/groups/{path}", self.url),
        })
    }

    /// A project in the form that a list with `simple` has.
    pub(crate) fn simple(&self, state: &State, one: &Project) -> Value {
        let web = format!("{}/{}", self.url, one.full_path);
        let name = one.full_path.rsplit('/').next();
        let host = self.url.trim_start_matches("https://");
        json!({
            "id": one.id, "description": "", "name": name, "name_with_namespace": one.full_path.replace('/', " / "),
            "path": name, "path_with_namespace": one.full_path, "created_at": one.created_at,
            "default_branch": one.default_branch, "tag_list": [], "topics": [],
            "ssh_url_to_repo": format!("git@{host}:{}.git", one.full_path), "http_url_to_repo": format!("{web}.git"),
            "web_url": web, "readme_url": format!("{web}/-/blob/{}/README.md", one.default_branch),
            "forks_count": 0, "avatar_url": null, "star_count": 0, "last_activity_at": one.created_at,
            "visibility": if one.private { "private" } else { "public" },
            "namespace": self.namespace(state, one),
        })
    }

    /// A project as a user sees it.
    pub(crate) fn project(&self, state: &State, one: &Project, viewer: u64) -> Value {
        let api = format!("{}/api/v4/projects/{}", self.url, one.id);
        let access =
            |role: Option<&u8>| role.map(|role| json!({ "access_level": role, "notification_level": 3 }));
        let inherited = state.group_of(one).and_then(|it| it.members.get(&viewer));
        let parent = one.fork_of.and_then(|id| state.projects.get(&id)).map(|it| self.simple(state, it));
        let more = json!({
            "_links": {
                "self": api, "merge_requests": format!("{api}/merge_requests"),
                "repo_branches": format!("{api}/repository/branches"), "members": format!("{api}/members"),
            },
            "archived": one.archived, "empty_repo": false, "issues_enabled": true, "merge_requests_enabled": true,
            "wiki_enabled": true, "jobs_enabled": true, "snippets_enabled": true, "lfs_enabled": true,
            "creator_id": 1, "import_status": "none", "open_issues_count": 0, "shared_with_groups": [],
            "only_allow_merge_if_pipeline_succeeds": one.rules.pipeline,
            "allow_merge_on_skipped_pipeline": false,
            "only_allow_merge_if_all_discussions_are_resolved": one.rules.discussions,
            "only_allow_merge_if_all_status_checks_passed": one.rules.checks,
            "merge_pipelines_enabled": one.rules.trains, "merge_trains_enabled": one.rules.trains,
            "merge_method": "merge", "squash_option": "default_off", "remove_source_branch_after_merge": true,
            "resolve_outdated_diff_discussions": false,
            "permissions": { "project_access": access(one.members.get(&viewer)), "group_access": access(inherited) },
        });
        let whole = extended(self.simple(state, one), more);
        match parent {
            Some(parent) => extended(whole, json!({ "forked_from_project": parent })),
            None => whole,
        }
    }

    /// A commit.
    pub(crate) fn commit(&self, project: &Project, sha: &str) -> Option<Value> {
        let one = self.host.git.show(&project.full_path, sha)?;
        Some(json!({
            "id": one.sha, "short_id": one.sha.get(..8), "created_at": one.date, "parent_ids": one.parents,
            "title": one.message.lines().next(), "message": one.message, "author_name": one.author,
            "author_email": one.email, "authored_date": one.date, "committer_name": one.author,
            "committer_email": one.email, "committed_date": one.date, "trailers": {}, "extended_trailers": {},
            "web_url": format!("{}/{}/-/commit/{}", self.url, project.full_path, one.sha),
        }))
    }

    /// A pipeline in the short form.
    pub(crate) fn pipeline(&self, state: &State, one: &Pipeline) -> Value {
        let path = state.projects.get(&one.project).map_or("", |it| it.full_path.as_str());
        json!({
            "id": one.id, "iid": one.id, "project_id": one.project, "sha": one.sha, "ref": one.reference,
            "status": state.pipeline_status(one.id), "source": one.source, "created_at": one.created_at,
            "updated_at": one.created_at, "web_url": format!("{}/{path}/-/pipelines/{}", self.url, one.id),
        })
    }

    /// A commit status.
    pub(crate) fn status(&self, state: &State, one: &Status) -> Value {
        json!({
            "id": one.id, "sha": one.sha, "ref": one.reference, "status": one.state, "name": one.name,
            "target_url": one.target_url, "description": one.description, "created_at": one.created_at,
            "started_at": one.started_at, "finished_at": one.finished_at, "allow_failure": false,
            "coverage": null, "pipeline_id": one.pipeline, "author": self.user(state, one.author),
        })
    }

    /// A merge request in the form that lists have.
    pub(crate) fn pull(&self, state: &State, one: &Pull) -> Value {
        let path = state.projects.get(&one.project).map_or("", |it| it.full_path.as_str());
        let draft = one.title.starts_with("Draft:");
        let notes: usize = state.discussions_of(one.project, one.number).map(|it| it.notes.len()).sum();
        let ended = |wanted: &str| (one.state == wanted).then(|| one.updated_at.clone());
        let open =
            state.discussions_of(one.project, one.number).any(|it| !it.individual && it.resolved.is_none());
        let all = json!({
            "id": one.id, "iid": one.number, "project_id": one.project, "title": one.title,
            "description": one.body, "state": one.state, "created_at": one.created_at,
            "updated_at": one.updated_at, "merged_by": null, "merge_user": null, "merged_at": ended("merged"),
            "closed_by": null, "closed_at": ended("closed"), "target_branch": one.target_branch,
            "source_branch": one.source_branch, "user_notes_count": notes, "upvotes": 0, "downvotes": 0,
            "author": self.user(state, one.author), "assignees": [], "assignee": null, "reviewers": [],
            "source_project_id": one.source, "target_project_id": one.project, "labels": [], "draft": draft,
            "imported": false, "imported_from": "none", "work_in_progress": draft, "milestone": null,
        });
        let more = json!({
            "merge_when_pipeline_succeeds": false, "merge_status": "can_be_merged",
            "detailed_merge_status": merge_status(state, one), "sha": one.head(),
            "merge_commit_sha": one.merge_sha, "squash_commit_sha": null, "discussion_locked": null,
            "should_remove_source_branch": null, "force_remove_source_branch": false,
            "reference": format!("!{}", one.number), "references": {
                "short": format!("!{}", one.number), "relative": format!("!{}", one.number),
                "full": format!("{path}!{}", one.number),
            },
            "web_url": format!("{}/{path}/-/merge_requests/{}", self.url, one.number),
            "time_stats": {
                "time_estimate": 0, "total_time_spent": 0, "human_time_estimate": null,
                "human_total_time_spent": null,
            },
            "squash": false, "squash_on_merge": false,
            "task_completion_status": { "count": 0, "completed_count": 0 }, "has_conflicts": false,
            "blocking_discussions_resolved": !open, "prepared_at": one.created_at,
        });
        extended(all, more)
    }

    /// A merge request in the form that it has alone.
    pub(crate) fn whole_pull(&self, state: &State, one: &Pull) -> Value {
        let pipeline = state.head_pipeline(one).map(|it| self.pipeline(state, it));
        let version = one.version();
        let more = json!({
            "subscribed": false, "changes_count": self.size(state, one, version), "latest_build_started_at": null,
            "latest_build_finished_at": null, "first_deployed_to_production_at": null, "pipeline": pipeline,
            "head_pipeline": pipeline, "diff_refs": {
                "base_sha": version.base, "head_sha": version.head, "start_sha": version.start,
            },
            "merge_error": null, "first_contribution": false, "user": { "can_merge": true },
        });
        extended(self.pull(state, one), more)
    }

    /// The number of files that a version changes.
    fn size(&self, state: &State, pull: &Pull, one: &Version) -> String {
        let path = state.projects.get(&pull.project).map_or("", |it| it.full_path.as_str());
        self.host.git.changes(path, &one.base, &one.head).unwrap_or_default().len().to_string()
    }

    /// A version of the diff of a merge request.
    pub(crate) fn version(&self, state: &State, pull: &Pull, one: &Version) -> Value {
        json!({
            "id": one.id, "head_commit_sha": one.head, "base_commit_sha": one.base,
            "start_commit_sha": one.start, "created_at": one.created_at, "merge_request_id": pull.id,
            "state": "collected", "real_size": self.size(state, pull, one), "patch_id_sha": null,
        })
    }

    /// A note of a discussion.
    pub(crate) fn note(&self, state: &State, holder: &Discussion, one: &Note) -> Value {
        let pull = state.pulls.get(&(holder.project, holder.pull)).map_or(0, |it| it.id);
        let kind = match &one.position {
            Some(_) => json!("DiffNote"),
            None if holder.individual => Value::Null,
            None => json!("DiscussionNote"),
        };
        let resolvable = !holder.individual;
        let mut body = json!({
            "id": one.id, "type": kind, "body": one.body, "author": self.user(state, one.author),
            "created_at": one.created_at, "updated_at": one.updated_at, "system": false, "noteable_id": pull,
            "noteable_type": "MergeRequest", "noteable_iid": holder.pull, "project_id": holder.project,
            "resolvable": resolvable, "confidential": false, "internal": false,
        });
        if let Some(at) = &one.position {
            body["commit_id"] = Value::Null;
            body["position"] = position(at);
        }
        if resolvable {
            let resolved = holder.resolved.as_ref();
            body["resolved"] = json!(resolved.is_some());
            body["resolved_by"] = resolved.map_or(Value::Null, |(user, _)| self.user(state, *user));
            body["resolved_at"] = json!(resolved.map(|(_, at)| at));
        }
        body
    }

    /// A discussion.
    pub(crate) fn discussion(&self, state: &State, one: &Discussion) -> Value {
        let notes: Vec<Value> = one.notes.iter().map(|note| self.note(state, one, note)).collect();
        json!({ "id": one.id, "individual_note": one.individual, "notes": notes })
    }
}

/// Whether a merge request can be merged (docs.gitlab.com, "Merge requests API", section "Merge status").
fn merge_status(state: &State, one: &Pull) -> &'static str {
    let rules = state.projects.get(&one.project).map(|it| it.rules).unwrap_or_default();
    let pipeline = state.head_pipeline(one).map(|it| state.pipeline_status(it.id));
    let open =
        state.discussions_of(one.project, one.number).any(|it| !it.individual && it.resolved.is_none());
    match pipeline {
        _ if one.state != "opened" => "not_open",
        Some("running" | "pending" | "created") if rules.pipeline => "ci_still_running",
        other if rules.pipeline && other != Some("success") => "ci_must_pass",
        _ if rules.discussions && open => "discussions_not_resolved",
        _ => "mergeable",
    }
}

/// A position in a diff.
fn position(at: &Position) -> Value {
    json!({
        "base_sha": at.base, "start_sha": at.start, "head_sha": at.head, "position_type": "text",
        "old_path": at.old_path, "new_path": at.new_path, "old_line": at.old_line, "new_line": at.new_line,
        "line_range": null,
    })
}

/// The diff of a file; without text if it is too large.
pub(crate) fn diff(one: &FileDiff) -> Value {
    let large = one.text.len() > LARGEST;
    json!({
        "old_path": one.old_path, "new_path": one.new_path, "a_mode": mode(&one.old_mode),
        "b_mode": mode(&one.new_mode), "diff": if large { "" } else { &one.text }, "collapsed": false,
        "too_large": large, "new_file": one.kind == 'A', "renamed_file": one.kind == 'R',
        "deleted_file": one.kind == 'D', "generated_file": false,
    })
}

/// A mode, without the zeros of a file that does not exist.
fn mode(text: &str) -> &str {
    if text == "000000" { "0" } else { text }
}

/// A hook. Its secrets can never be read, only whether they are set; older versions have no signing token.
pub(crate) fn hook(one: &Hook, unsigned: bool) -> Value {
    let place = match one.place {
        Place::Project(id) => ("project_id", id),
        Place::Group(id) => ("group_id", id),
    };
    let until = (one.alert_status() == "temporarily_disabled")
        .then(|| palisade_fake_host::clock::at(one.disabled_until));
    let headers: Vec<Value> = one.headers.iter().map(|(name, _)| json!({ "key": name })).collect();
    let whole = json!({
        "id": one.id, "url": one.url, "name": one.name, "description": one.description,
        "created_at": one.created_at, place.0: place.1, "enable_ssl_verification": one.verify,
        "alert_status": one.alert_status(), "disabled_until": until, "url_variables": [],
        "push_events_branch_filter": null, "branch_filter_strategy": "all_branches",
        "custom_webhook_template": null, "custom_headers": headers, "repository_update_events": false,
        "token_present": one.token.is_some(),
    });
    let flags = FLAGS.iter().map(|flag| ((*flag).to_owned(), json!(one.events.get(*flag) == Some(&true))));
    let mut flags: Map<String, Value> = flags.collect();
    if matches!(one.place, Place::Project(_)) {
        flags.retain(|name, _| {
            !["subgroup_events", "member_events", "project_events"].contains(&name.as_str())
        });
    }
    if !unsigned {
        flags.insert("signing_token_present".to_owned(), json!(one.signing_token.is_some()));
    }
    extended(whole, Value::Object(flags))
}

/// A delivery in the log of its hook. The log masks secrets.
pub(crate) fn delivery(one: &Delivery) -> Value {
    let headers = one.headers.iter().map(|(name, value)| {
        let secret = ["X-Gitlab-Token", "webhook-signature"].contains(&name.as_str());
        (name.clone(), if secret { json!("[REDACTED]") } else { json!(value) })
    });
    json!({
        "id": one.id, "url": one.url, "trigger": one.event.to_lowercase().replace(' ', "_"),
        "request_headers": headers.collect::<Map<String, Value>>(), "request_data": one.payload,
        "response_headers": {}, "response_body": one.answer,
        "execution_duration": one.duration.as_secs_f64(),
        "response_status": if one.status_code == 0 { "internal error".to_owned() } else { one.status_code.to_string() },
    })
}
