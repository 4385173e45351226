//! Objects as the API returns them; their forms are those of recorded responses.

mod check;
mod pull;

pub(crate) use check::annotation;

use serde_json::{Value, json};

use crate::Inner;
use crate::state::{Place, Repository, State, Subscription};

/// A UUID in braces as a segment of a path.
pub(crate) fn segment(uuid: &str) -> String {
    uuid.replace('{', "%7B").replace('}', "%7D")
}

/// A text in Markdown.
pub(crate) fn rendered(raw: &str) -> Value {
    let html = raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "type": "rendered", "raw": raw, "markup": "markdown", "html": format!("<p>{html}</p>") })
}

impl Inner {
    fn link(&self, path: &str) -> Value {
        json!({ "href": format!("{}{path}", self.api_url) })
    }

    fn page(&self, path: &str) -> Value {
        json!({ "href": format!("{}{path}", self.web_url) })
    }

    /// A user; null if there is none.
    pub(crate) fn person(&self, state: &State, nickname: &str) -> Value {
        let Some(one) = state.people.get(nickname) else { return Value::Null };
        let uuid = segment(&one.uuid);
        json!({
            "type": "user", "display_name": one.display_name, "nickname": one.nickname, "uuid": one.uuid,
            "account_id": format!("557058:{}", one.uuid.trim_matches(['{', '}'])),
            "links": {
                "self": self.link(&format!("/users/{uuid}")), "html": self.page(&format!("/{uuid}/")),
                "avatar": self.page(&format!("/account/{}/avatar/32", one.nickname)),
            },
        })
    }

    /// A workspace; null if there is none.
    pub(crate) fn workspace(&self, state: &State, slug: &str) -> Value {
        let Some(one) = state.workspaces.get(slug) else { return Value::Null };
        json!({
            "type": "workspace", "uuid": one.uuid, "name": one.slug, "slug": one.slug,
            "links": {
                "self": self.link(&format!("/workspaces/{slug}")), "html": self.page(&format!("/{slug}/")),
                "avatar": self.page(&format!("/workspaces/{slug}/avatar/")),
            },
        })
    }

    /// The owner of a repository: the team of its workspace.
    fn team(&self, state: &State, slug: &str) -> Value {
        let workspace = self.workspace(state, slug);
        json!({
            "type": "team", "username": slug, "display_name": slug, "uuid": workspace["uuid"],
            "links": {
                "self": self.link(&format!("/workspaces/{slug}")), "html": self.page(&format!("/{slug}/")),
                "avatar": self.page(&format!("/account/{slug}/avatar/")),
            },
        })
    }

    /// The project that contains all repositories of a workspace.
    pub(crate) fn project(&self, state: &State, slug: &str) -> Value {
        let workspace = self.workspace(state, slug);
        json!({
            "type": "project", "key": "PROJ", "name": "Project", "uuid": workspace["uuid"],
            "links": {
                "self": self.link(&format!("/workspaces/{slug}/projects/PROJ")),
                "html": self.page(&format!("/{slug}/workspace/projects/PROJ")),
                "avatar": self.page(&format!("/{slug}/workspace/projects/PROJ/avatar/32")),
            },
        })
    }

    /// A repository as other objects contain it.
    pub(crate) fn short_repository(&self, one: &Repository) -> Value {
        let name = &one.full_name;
        json!({
            "type": "repository", "full_name": name, "name": one.slug(), "uuid": one.uuid,
            "links": {
                "self": self.link(&format!("/repositories/{name}")), "html": self.page(&format!("/{name}")),
                "avatar": self.page(&format!("/ravatar/{}", segment(&one.uuid))),
            },
        })
    }

    /// A repository.
    pub(crate) fn repository(&self, state: &State, one: &Repository) -> Value {
        let (mut shown, name) = (self.short_repository(one), &one.full_name);
        let host = self.web_url.trim_start_matches("https://");
        let api = |part: &str| self.link(&format!("/repositories/{name}/{part}"));
        for part in ["watchers", "commits", "forks", "downloads", "pullrequests", "hooks"] {
            shown["links"][part] = api(part);
        }
        shown["links"]["branches"] = api("refs/branches");
        shown["links"]["source"] = api("src");
        shown["links"]["clone"] = json!([
            { "name": "https", "href": format!("{}/{name}.git", self.web_url) },
            { "name": "ssh", "href": format!("git@{host}:{name}.git") },
        ]);
        let parent = one.parent.as_deref().and_then(|parent| state.repository(parent));
        let rest = json!({
            "slug": one.slug(), "scm": "git", "is_private": one.private, "description": "", "website": "",
            "language": "", "has_issues": false, "has_wiki": false, "fork_policy": "allow_forks", "size": 4096,
            "created_on": one.created_at, "updated_on": one.created_at,
            "mainbranch": { "type": "branch", "name": one.main_branch },
            "workspace": self.workspace(state, one.workspace()),
            "owner": self.team(state, one.workspace()), "project": self.project(state, one.workspace()),
            "parent": parent.map(|one| self.short_repository(one)),
        });
        if let (Some(shown), Value::Object(rest)) = (shown.as_object_mut(), rest) {
            shown.extend(rest);
        }
        shown
    }

    /// The name of a commit as other objects contain it; pull requests abbreviate it to 12 digits.
    pub(crate) fn short_commit(&self, repository: &str, hash: &str) -> Value {
        json!({
            "type": "commit", "hash": hash,
            "links": {
                "self": self.link(&format!("/repositories/{repository}/commit/{hash}")),
                "html": self.page(&format!("/{repository}/commits/{hash}")),
            },
        })
    }

    /// A commit; `None` if it does not exist in the repository.
    pub(crate) fn commit(&self, one: &Repository, sha: &str) -> Option<Value> {
        let name = &one.full_name;
        let commit = self.host.git.show(name, sha)?;
        let mut shown = self.short_commit(name, &commit.sha);
        for part in ["comments", "approve", "statuses"] {
            shown["links"][part] = self.link(&format!("/repositories/{name}/commit/{}/{part}", commit.sha));
        }
        for part in ["diff", "patch"] {
            shown["links"][part] = self.link(&format!("/repositories/{name}/{part}/{}", commit.sha));
        }
        let parents: Vec<Value> = commit.parents.iter().map(|sha| self.short_commit(name, sha)).collect();
        let message = format!("{}\n", commit.message);
        shown["repository"] = self.short_repository(one);
        shown["author"] = json!({ "type": "author", "raw": format!("{} <{}>", commit.author, commit.email) });
        shown["date"] = json!(commit.date);
        shown["summary"] = rendered(&message);
        shown["message"] = json!(message);
        shown["parents"] = json!(parents);
        Some(shown)
    }

    /// A branch; `None` if its commit does not exist.
    pub(crate) fn branch(&self, one: &Repository, branch: &str, sha: &str) -> Option<Value> {
        let name = &one.full_name;
        Some(json!({
            "type": "branch", "name": branch, "target": self.commit(one, sha)?,
            "merge_strategies": ["merge_commit", "squash", "fast_forward"],
            "default_merge_strategy": "merge_commit",
            "links": {
                "self": self.link(&format!("/repositories/{name}/refs/branches/{branch}")),
                "commits": self.link(&format!("/repositories/{name}/commits/{branch}")),
                "html": self.page(&format!("/{name}/branch/{branch}")),
            },
        }))
    }

    /// A webhook, without its secret.
    pub(crate) fn hook(&self, state: &State, one: &Subscription) -> Value {
        let (kind, subject, place) = match &one.place {
            Place::Workspace(slug) => {
                ("workspace", self.workspace(state, slug), format!("/workspaces/{slug}"))
            }
            Place::Repository(name) => (
                "repository",
                state.repository(name).map_or(Value::Null, |one| self.short_repository(one)),
                format!("/repositories/{name}"),
            ),
        };
        json!({
            "type": "webhook_subscription", "uuid": one.uuid, "url": one.url, "description": one.description,
            "active": one.active, "events": one.events, "subject_type": kind, "subject": subject,
            "secret_set": one.secret.is_some(), "created_at": one.created_at, "read_only": false,
            "skip_cert_verification": false, "source": null, "history_enabled": false,
            "links": { "self": self.link(&format!("{place}/hooks/{}", segment(&one.uuid))) },
        })
    }
}
