//! GitHub's objects as JSON. Members that the fake does not keep have the values of an empty object.

use serde_json::{Map, Value, json};

use crate::Inner;
use crate::check::Check;
use crate::state::{Installation, Pull, Repository, State};

/// The permissions of the App's registration.
pub(crate) fn permissions() -> Value {
    json!({ "checks": "write", "contents": "read", "metadata": "read", "pull_requests": "read" })
}

/// The events that the App subscribes to.
pub(crate) fn events() -> Value {
    json!(["check_run", "check_suite", "pull_request", "push"])
}

/// GitHub's node ids, which are opaque to clients.
pub(crate) fn node(kind: &str, id: impl std::fmt::Display) -> String {
    data_encoding::BASE64.encode(format!("{kind}:{id}").as_bytes())
}

impl Inner {
    /// A user or an organisation.
    pub(crate) fn user(&self, login: &str, id: u64, kind: &str) -> Value {
        let api = format!("{}/users/{login}", self.api_url);
        json!({
            "login": login, "id": id, "node_id": node("User", id),
            "avatar_url": format!("{}/avatars/u/{id}", self.web_url), "gravatar_id": "",
            "url": api, "html_url": format!("{}/{login}", self.web_url),
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": kind, "site_admin": false,
        })
    }

    /// The user who performs all manual actions.
    pub(crate) fn mona(&self) -> Value {
        self.user("mona", 4_000_000_000, "User")
    }

    /// The organisation of an installation.
    pub(crate) fn organisation(&self, installation: &Installation) -> Value {
        self.user(&installation.login, installation.account_id, "Organization")
    }

    /// The App.
    pub(crate) fn integration(&self) -> Value {
        let app = &self.app;
        json!({
            "id": app.id, "slug": app.slug, "client_id": app.client_id, "node_id": node("App", app.id),
            "owner": self.mona(), "name": "Palisade", "description": "A gate for infrastructure code.",
            "external_url": self.web_url, "html_url": format!("{}/github-apps/{}", self.web_url, app.slug),
            "created_at": self.started_at, "updated_at": self.started_at,
            "permissions": permissions(), "events": events(),
        })
    }

    /// An installation.
    pub(crate) fn installation(&self, one: &Installation) -> Value {
        let web = &self.web_url;
        json!({
            "id": one.id, "account": self.organisation(one), "repository_selection": one.selection,
            "access_tokens_url": format!("{}/app/installations/{}/access_tokens", self.api_url, one.id),
            "repositories_url": format!("{}/installation/repositories", self.api_url),
            "html_url": format!("{web}/organizations/{}/settings/installations/{}", one.login, one.id),
            "app_id": self.app.id, "client_id": self.app.client_id, "app_slug": self.app.slug,
            "target_id": one.account_id, "target_type": "Organization",
            "permissions": permissions(), "events": events(),
            "created_at": one.created_at, "updated_at": one.created_at,
            "single_file_name": null, "has_multiple_single_files": false, "single_file_paths": [],
            "suspended_by": one.suspended_at.as_ref().map(|_| self.mona()), "suspended_at": one.suspended_at,
        })
    }

    /// A repository with the members of all of GitHub's schemas for it.
    pub(crate) fn repository(&self, state: &State, one: &Repository) -> Value {
        let (owner, name) = one.full_name.split_once('/').unwrap();
        let api = format!("{}/repos/{}", self.api_url, one.full_name);
        let web = format!("{}/{}", self.web_url, one.full_name);
        let account = state.installations.get(&one.installation).map_or_else(
            || self.user(owner, 1, "Organization"),
            |installation| self.organisation(installation),
        );
        let mut all = json!({
            "id": one.id, "node_id": node("Repository", one.id), "name": name, "full_name": one.full_name,
            "owner": account, "private": one.private, "html_url": web, "description": null, "fork": false,
            "url": api, "homepage": null, "language": "HCL", "license": null, "mirror_url": null,
            "created_at": self.started_at, "updated_at": self.started_at, "pushed_at": self.started_at,
            "clone_url": format!("{web}.git"), "svn_url": web,
            "git_url": format!("git://localhost/{}.git", one.full_name),
            "ssh_url": format!("git@localhost:{}.git", one.full_name),
            "default_branch": one.default_branch, "visibility": if one.private { "private" } else { "public" },
            "permissions": { "admin": false, "push": false, "pull": true }, "topics": [],
            "archived": one.archived, "disabled": false, "is_template": false, "allow_forking": true,
            "web_commit_signoff_required": false, "has_issues": true, "has_projects": true, "has_wiki": true,
            "has_pages": false, "has_downloads": true, "has_discussions": false, "size": 1,
        });
        let object = all.as_object_mut().unwrap();
        for count in [
            "forks",
            "forks_count",
            "open_issues",
            "open_issues_count",
            "stargazers_count",
            "watchers",
            "watchers_count",
            "network_count",
            "subscribers_count",
        ] {
            object.insert(count.to_owned(), json!(0));
        }
        for (name, tail) in ADDRESSES {
            object.insert((*name).to_owned(), json!(format!("{api}/{tail}")));
        }
        all
    }

    /// A pull request in full.
    pub(crate) fn pull(&self, state: &State, one: &Pull) -> Value {
        let repository = state.repository(&one.repository);
        let Some(repository) = repository else { return Value::Null };
        let owner = one.repository.split('/').next().unwrap_or_default();
        let whole = self.repository(state, repository);
        let api = format!("{}/repos/{}", self.api_url, one.repository);
        let web = format!("{}/{}/pull/{}", self.web_url, one.repository, one.number);
        let (pull, issue) = (format!("{api}/pulls/{}", one.number), format!("{api}/issues/{}", one.number));
        let side = |branch: &str, sha: &str, repository: Value| {
            json!({
                "label": format!("{owner}:{branch}"), "ref": branch, "sha": sha,
                "user": whole["owner"], "repo": repository,
            })
        };
        let link = |href: &str| json!({ "href": href });
        let statuses = format!("{api}/statuses/{}", one.head_sha);
        let changes = self.host.git.merge_base(&one.repository, &one.base_branch, &one.head_sha);
        let changes = changes.and_then(|base| self.host.git.changes(&one.repository, &base, &one.head_sha));
        let changes = changes.unwrap_or_default();
        let commits = self.host.git.between(&one.repository, &one.base_branch, &one.head_sha).len();
        let head = if one.fork_gone { Value::Null } else { whole.clone() };
        let mut all: Map<String, Value> = json!({
            "id": one.id, "node_id": node("PullRequest", one.id), "number": one.number, "url": pull,
            "html_url": web, "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
            "issue_url": issue, "commits_url": format!("{pull}/commits"),
            "review_comments_url": format!("{pull}/comments"),
            "review_comment_url": format!("{api}/pulls/comments{{/number}}"),
            "comments_url": format!("{issue}/comments"), "statuses_url": statuses,
            "state": if one.open { "open" } else { "closed" }, "locked": false, "title": one.title,
            "user": self.mona(), "body": null, "labels": [], "milestone": null, "draft": one.draft,
            "created_at": one.created_at, "updated_at": one.created_at, "closed_at": one.closed_at,
            "merged_at": null, "merge_commit_sha": null, "assignee": null, "assignees": [],
            "requested_reviewers": [], "requested_teams": [], "author_association": "MEMBER",
            "active_lock_reason": null, "auto_merge": null,
        })
        .as_object()
        .cloned()
        .unwrap();
        let more = json!({
            "head": side(&one.head_branch, &one.head_sha, head),
            "base": side(&one.base_branch, &one.base_sha, whole.clone()),
            "_links": {
                "self": link(&pull), "html": link(&web), "issue": link(&issue), "statuses": link(&statuses),
                "comments": link(&format!("{issue}/comments")), "commits": link(&format!("{pull}/commits")),
                "review_comments": link(&format!("{pull}/comments")),
                "review_comment": link(&format!("{api}/pulls/comments{{/number}}")),
            },
            "merged": false, "mergeable": true, "rebaseable": true, "mergeable_state": "clean",
            "merged_by": null, "comments": 0, "review_comments": 0, "maintainer_can_modify": false,
            "commits": commits, "changed_files": changes.len(),
            "additions": changes.iter().map(|one| one.additions).sum::<u64>(),
            "deletions": changes.iter().map(|one| one.deletions).sum::<u64>(),
        });
        all.extend(more.as_object().cloned().unwrap());
        Value::Object(all)
    }

    /// A pull request in the form of checks.
    fn pull_minimal(&self, state: &State, one: &Pull) -> Value {
        let api = format!("{}/repos/{}", self.api_url, one.repository);
        let id = state.repository(&one.repository).map_or(0, |one| one.id);
        let name = one.repository.split('/').nth(1);
        let side = |branch: &str, sha: &str| json!({ "ref": branch, "sha": sha, "repo": { "id": id, "url": api, "name": name } });
        json!({
            "id": one.id, "number": one.number, "url": format!("{api}/pulls/{}", one.number),
            "head": side(&one.head_branch, &one.head_sha), "base": side(&one.base_branch, &one.base_sha),
        })
    }

    /// The pull requests whose head is a commit.
    pub(crate) fn pulls_minimal(&self, state: &State, repository: &str, sha: &str) -> Value {
        state.pulls_at(repository, sha).into_iter().map(|one| self.pull_minimal(state, one)).collect()
    }

    /// A check run.
    pub(crate) fn check(&self, state: &State, one: &Check) -> Value {
        let api = format!("{}/repos/{}/check-runs/{}", self.api_url, one.repository, one.id);
        let web = format!("{}/{}/runs/{}", self.web_url, one.repository, one.id);
        json!({
            "id": one.id, "node_id": node("CheckRun", one.id), "name": one.name, "head_sha": one.sha,
            "external_id": one.external_id.clone().unwrap_or_default(), "url": api, "html_url": web,
            "details_url": one.details_url.clone().unwrap_or_else(|| self.web_url.clone()),
            "status": one.status, "conclusion": one.conclusion, "started_at": one.started_at,
            "completed_at": one.completed_at, "check_suite": { "id": one.suite },
            "output": {
                "title": one.title, "summary": one.summary, "text": one.text,
                "annotations_count": one.annotations.len(), "annotations_url": format!("{api}/annotations"),
            },
            "app": self.integration(),
            "pull_requests": self.pulls_minimal(state, &one.repository, &one.sha),
        })
    }

    /// A commit with its author.
    pub(crate) fn commit(&self, repository: &str, sha: &str) -> Option<Value> {
        let one = self.host.git.show(repository, sha)?;
        let api = format!("{}/repos/{repository}", self.api_url);
        let web = format!("{}/{repository}", self.web_url);
        let person = json!({ "name": one.author, "email": one.email, "date": one.date });
        let parents: Vec<Value> = one.parents.iter().map(|sha| json!({
            "sha": sha, "url": format!("{api}/commits/{sha}"), "html_url": format!("{web}/commit/{sha}"),
        })).collect();
        Some(json!({
            "sha": one.sha, "node_id": node("Commit", &one.sha), "url": format!("{api}/commits/{}", one.sha),
            "html_url": format!("{web}/commit/{}", one.sha),
            "comments_url": format!("{api}/commits/{}/comments", one.sha),
            "commit": {
                "url": format!("{api}/git/commits/{}", one.sha), "author": person, "committer": person,
                "message": one.message, "comment_count": 0, "verification": unverified(),
                "tree": { "sha": one.tree, "url": format!("{api}/git/trees/{}", one.tree) },
            },
            "author": self.mona(), "committer": self.mona(), "parents": parents,
        }))
    }

    /// The files that differ between two commits.
    pub(crate) fn files(&self, repository: &str, base: &str, head: &str) -> Vec<Value> {
        let api = format!("{}/repos/{repository}", self.api_url);
        let web = format!("{}/{repository}", self.web_url);
        let changes = self.host.git.changes(repository, base, head).unwrap_or_default();
        let file = |one: &palisade_fake_host::Change| {
            json!({
                "sha": one.sha, "filename": one.path, "additions": one.additions, "deletions": one.deletions,
                "changes": one.additions + one.deletions,
                "status": match one.status { 'A' => "added", 'D' => "removed", _ => "modified" },
                "blob_url": format!("{web}/blob/{head}/{}", one.path),
                "raw_url": format!("{web}/raw/{head}/{}", one.path),
                "contents_url": format!("{api}/contents/{}?ref={head}", one.path),
            })
        };
        changes.iter().map(file).collect()
    }
}

/// The verification of an unsigned commit.
pub(crate) fn unverified() -> Value {
    json!({
        "verified": false, "reason": "unsigned", "signature": null, "payload": null, "verified_at": null,
    })
}

/// Addresses within a repository, as GitHub spells them.
const ADDRESSES: &[(&str, &str)] = &[
    ("archive_url", "{archive_format}{/ref}"),
    ("assignees_url", "assignees{/user}"),
    ("blobs_url", "git/blobs{/sha}"),
    ("branches_url", "branches{/branch}"),
    ("collaborators_url", "collaborators{/collaborator}"),
    ("comments_url", "comments{/number}"),
    ("commits_url", "commits{/sha}"),
    ("compare_url", "compare/{base}...{head}"),
    ("contents_url", "contents/{+path}"),
    ("contributors_url", "contributors"),
    ("deployments_url", "deployments"),
    ("downloads_url", "downloads"),
    ("events_url", "events"),
    ("forks_url", "forks"),
    ("git_commits_url", "git/commits{/sha}"),
    ("git_refs_url", "git/refs{/sha}"),
    ("git_tags_url", "git/tags{/sha}"),
    ("hooks_url", "hooks"),
    ("issue_comment_url", "issues/comments{/number}"),
    ("issue_events_url", "issues/events{/number}"),
    ("issues_url", "issues{/number}"),
    ("keys_url", "keys{/key_id}"),
    ("labels_url", "labels{/name}"),
    ("languages_url", "languages"),
    ("merges_url", "merges"),
    ("milestones_url", "milestones{/number}"),
    ("notifications_url", "notifications{?since,all,participating}"),
    ("pulls_url", "pulls{/number}"),
    ("releases_url", "releases{/id}"),
    ("stargazers_url", "stargazers"),
    ("statuses_url", "statuses/{sha}"),
    ("subscribers_url", "subscribers"),
    ("subscription_url", "subscription"),
    ("tags_url", "tags"),
    ("teams_url", "teams"),
    ("trees_url", "git/trees{/sha}"),
];
