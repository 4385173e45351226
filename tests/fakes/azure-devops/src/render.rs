//! Objects of Azure DevOps as JSON.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::Inner;
use crate::access::User;
use crate::state::{
    Comment, Iteration, Policy, Posted, Project, Pull, Repository, State, Subscription, Thread,
};

/// The characters of a segment of a path that are not encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A name as a segment of a path.
pub(crate) fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// The confidential inputs of service hooks, which are never returned.
const CONFIDENTIAL: &[&str] = &["basicAuthPassword"];

impl Inner {
    /// The address of the organisation of a project.
    pub(crate) fn organization_url(&self, organization: &str) -> String {
        format!("{}/{organization}", self.url)
    }

    /// The address of a repository in the API.
    pub(crate) fn repository_url(&self, one: &Repository) -> String {
        let base = self.organization_url(crate::ORGANIZATION);
        format!("{base}/{}/_apis/git/repositories/{}", one.project, one.id)
    }

    /// A user.
    pub(crate) fn identity(&self, user: &User) -> Value {
        let base = self.organization_url(crate::ORGANIZATION);
        let descriptor = format!("aad.{}", data_encoding::BASE64.encode(user.id.as_bytes()));
        json!({
            "displayName": user.name, "url": format!("{base}/_apis/Identities/{}", user.id),
            "_links": { "avatar": { "href": format!("{base}/_apis/GraphProfile/MemberAvatars/{descriptor}") } },
            "id": user.id, "uniqueName": user.unique_name, "descriptor": descriptor,
            "imageUrl": format!("{base}/_api/_common/identityImage?id={}", user.id),
        })
    }

    fn by(&self, state: &State, name: &str) -> Value {
        self.identity(state.user(name))
    }

    /// A project.
    pub(crate) fn project(&self, one: &Project) -> Value {
        json!({
            "id": one.id, "name": one.name, "description": "", "state": "wellFormed", "revision": 11,
            "url": format!("{}/_apis/projects/{}", self.organization_url(&one.organization), one.id),
            "visibility": "private", "lastUpdateTime": self.started_at,
        })
    }

    /// A repository.
    pub(crate) fn repository(&self, state: &State, one: &Repository) -> Value {
        let project = state.project_of(one);
        let base = self.organization_url(&project.organization);
        let web = format!("{base}/{}/_git/{}", segment(&project.name), segment(&one.name));
        let mut shown = json!({
            "id": one.id, "name": one.name, "url": self.repository_url(one), "project": self.project(project),
            "size": 1232, "remoteUrl": web, "webUrl": web, "isDisabled": one.disabled, "isInMaintenance": false,
            "sshUrl": format!("git@localhost:v3/{}/{}/{}", project.organization, project.name, one.name),
        });
        // A repository without commits has none.
        if self.host.git.resolve(&one.full_name, &format!("refs/heads/{}", one.default_branch)).is_some() {
            shown["defaultBranch"] = json!(format!("refs/heads/{}", one.default_branch));
        }
        if one.fork_of.is_some() {
            shown["isFork"] = json!(true);
        }
        shown
    }

    /// A commit in full.
    pub(crate) fn commit(&self, one: &Repository, sha: &str) -> Option<Value> {
        let commit = self.host.git.show(&one.full_name, sha)?;
        let api = self.repository_url(one);
        let person = json!({ "name": commit.author, "email": commit.email, "date": commit.date });
        Some(json!({
            "treeId": commit.tree, "commitId": commit.sha, "author": person, "committer": person,
            "comment": commit.message, "parents": commit.parents, "url": format!("{api}/commits/{}", commit.sha),
            "remoteUrl": format!("{api}/commit/{}", commit.sha),
        }))
    }

    /// A commit by its name alone.
    fn short(&self, one: &Repository, sha: &str) -> Value {
        json!({ "commitId": sha, "url": format!("{}/commits/{sha}", self.repository_url(one)) })
    }

    /// The address of a pull request in the API.
    pub(crate) fn pull_url(&self, one: &Repository, id: u64) -> String {
        format!("{}/pullRequests/{id}", self.repository_url(one))
    }

    /// A pull request; null if its repository was deleted. A deleted fork has a source without a repository.
    pub(crate) fn pull(&self, state: &State, pull: &Pull) -> Value {
        let Some(one) = state.repository(&pull.repository) else { return Value::Null };
        let (api, last) = (self.pull_url(one, pull.id), pull.last());
        let source = pull.fork.as_ref().map_or(Some(one), |id| state.repository(id));
        let merge = if pull.merge_commit.is_some() { "succeeded" } else { "conflicts" };
        let artifact = format!("vstfs:///Git/PullRequestId/{}%2f{}%2f{}", one.project, one.id, pull.id);
        let mut shown = json!({
            "repository": self.repository(state, one), "pullRequestId": pull.id, "codeReviewId": pull.id,
            "status": pull.status, "createdBy": self.by(state, &pull.author), "creationDate": pull.created_at,
            "title": pull.title, "description": pull.description,
            "sourceRefName": format!("refs/heads/{}", pull.source),
            "targetRefName": format!("refs/heads/{}", pull.target), "mergeStatus": merge, "isDraft": pull.draft,
            "mergeId": format!("c3000000-0000-4000-8000-{:012x}", pull.id * 1000 + last.id),
            "lastMergeSourceCommit": self.short(source.unwrap_or(one), &last.source),
            "lastMergeTargetCommit": self.short(one, &last.target), "reviewers": [], "url": api,
            "supportsIterations": true, "artifactId": artifact,
        });
        if let Some(sha) = &pull.merge_commit {
            shown["lastMergeCommit"] = self.short(one, sha);
        }
        if let Some(at) = &pull.closed_at {
            shown["closedDate"] = json!(at);
        }
        if pull.fork.is_some() {
            let mut fork = json!({ "name": format!("refs/heads/{}", pull.source), "objectId": last.source });
            if let Some(source) = source {
                fork["repository"] = self.repository(state, source);
            }
            shown["forkSource"] = fork;
        }
        shown
    }

    /// An iteration.
    pub(crate) fn iteration(&self, state: &State, pull: &Pull, one: &Iteration) -> Value {
        let Some(repository) = state.repository(&pull.repository) else { return Value::Null };
        let mut shown = json!({
            "id": one.id, "description": "", "author": self.by(state, &one.author), "createdDate": one.created_at,
            "updatedDate": one.created_at, "sourceRefCommit": self.short(repository, &one.source),
            "targetRefCommit": self.short(repository, &one.target), "hasMoreCommits": false, "reason": one.reason,
        });
        if !one.common.is_empty() {
            shown["commonRefCommit"] = self.short(repository, &one.common);
        }
        shown
    }

    /// A status of a pull request.
    pub(crate) fn status(&self, state: &State, pull: &Pull, one: &Posted) -> Value {
        let api = state.repository(&pull.repository).map(|it| self.pull_url(it, pull.id)).unwrap_or_default();
        let mut shown = json!({
            "id": one.id, "state": one.state, "description": one.description,
            "context": { "name": one.name, "genre": one.genre }, "creationDate": one.created_at,
            "updatedDate": one.created_at, "createdBy": self.by(state, &one.author),
            "_links": { "self": { "href": format!("{api}/statuses/{}", one.id) } },
        });
        if let Some(iteration) = one.iteration {
            shown["iterationId"] = json!(iteration);
        }
        if let Some(url) = &one.target_url {
            shown["targetUrl"] = json!(url);
        }
        shown
    }

    /// A comment.
    pub(crate) fn comment(&self, state: &State, one: &Comment) -> Value {
        let mut shown = json!({
            "id": one.id, "parentCommentId": one.parent, "author": self.by(state, &one.author),
            "content": one.content, "publishedDate": one.created_at, "lastUpdatedDate": one.updated_at,
            "lastContentUpdatedDate": one.updated_at, "commentType": "text", "usersLiked": [],
        });
        if one.deleted {
            shown["isDeleted"] = json!(true);
            if let Some(all) = shown.as_object_mut() {
                all.remove("content");
            }
        }
        shown
    }

    /// A thread.
    pub(crate) fn thread(&self, state: &State, pull: &Pull, one: &Thread) -> Value {
        let api = state.repository(&pull.repository).map(|it| self.pull_url(it, pull.id)).unwrap_or_default();
        let comments: Vec<Value> = one.comments.iter().map(|it| self.comment(state, it)).collect();
        json!({
            "pullRequestThreadContext": one.pull_context, "id": one.id, "publishedDate": one.created_at,
            "lastUpdatedDate": one.updated_at, "comments": comments, "status": one.status,
            "threadContext": one.context, "properties": one.properties, "identities": null,
            "isDeleted": one.comments.iter().all(|it| it.deleted),
            "_links": { "self": { "href": format!("{api}/threads/{}", one.id) } },
        })
    }

    /// A branch policy.
    pub(crate) fn policy(&self, state: &State, one: &Policy) -> Value {
        let base = format!("{}/{}", self.organization_url(crate::ORGANIZATION), one.project);
        let url = format!("{base}/_apis/policy/configurations/{}", one.id);
        let kind = format!("{base}/_apis/policy/types/{}", one.kind);
        json!({
            "createdBy": self.by(state, &one.author), "createdDate": one.created_at, "isEnabled": one.enabled,
            "isBlocking": one.blocking, "isDeleted": false, "settings": one.settings, "revision": 1, "id": one.id,
            "isEnterpriseManaged": false, "url": url,
            "_links": { "self": { "href": url }, "policyType": { "href": kind } },
            "type": { "id": one.kind, "url": kind, "displayName": crate::api::policy_name(&one.kind) },
        })
    }

    /// A subscription; passwords are masked.
    pub(crate) fn subscription(&self, state: &State, one: &Subscription) -> Value {
        let base = self.organization_url(crate::ORGANIZATION);
        let url = format!("{base}/_apis/hooks/subscriptions/{}", one.id);
        let mut inputs = one.consumer_inputs.clone();
        for (_, value) in inputs.iter_mut().filter(|(name, _)| CONFIDENTIAL.contains(&name.as_str())) {
            "********".clone_into(value);
        }
        let host = one.input("url").split('/').nth(2).unwrap_or_default();
        let author = self.by(state, &one.author);
        json!({
            "id": one.id, "url": url, "status": one.status, "publisherId": "tfs", "eventType": one.event,
            "subscriber": null, "resourceVersion": one.version, "eventDescription": "Any", "consumerId": "webHooks",
            "consumerActionId": "httpRequest", "actionDescription": format!("To host {host}"),
            "probationRetries": one.probation_retries, "createdBy": author, "createdDate": one.created_at,
            "modifiedBy": author, "modifiedDate": one.modified_at, "publisherInputs": one.publisher_inputs,
            "consumerInputs": inputs, "_links": { "self": { "href": url } },
        })
    }
}
