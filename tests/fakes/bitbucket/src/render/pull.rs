//! Pull requests and comments.

use serde_json::{Value, json};

use crate::Inner;
use crate::render::rendered;
use crate::state::{Comment, Pull, State};

impl Inner {
    /// A side of a pull request. Commits are abbreviated to 12 digits, as in recorded responses. The repository of a
    /// fork that was deleted is null.
    fn side(&self, state: &State, repository: Option<&str>, branch: &str, sha: &str) -> Value {
        let found = repository.and_then(|name| state.repository(name));
        let name = found.map_or("", |one| one.full_name.as_str());
        json!({
            "branch": { "name": branch }, "commit": self.short_commit(name, &sha[..12]),
            "repository": found.map(|one| self.short_repository(one)),
        })
    }

    /// A pull request.
    pub(crate) fn pull(&self, state: &State, one: &Pull) -> Value {
        let (name, number) = (&one.repository, one.number);
        let api = format!("/repositories/{name}/pullrequests/{number}");
        let (head, base) = (&one.head_sha[..12], &one.base_sha[..12]);
        // As in recorded responses: the two commits of a range are separated by a carriage return.
        let range =
            format!("{}:{head}%0D{base}?from_pullrequest_id={number}", one.source.as_deref().unwrap_or(name));
        let mut links = json!({
            "self": self.link(&api), "html": self.page(&format!("/{name}/pull-requests/{number}")),
            "diff": self.link(&format!("/repositories/{name}/diff/{range}")),
            "diffstat": self.link(&format!("/repositories/{name}/diffstat/{range}")),
        });
        for part in ["commits", "approve", "comments", "activity", "merge", "decline", "statuses"] {
            links[part] = self.link(&format!("{api}/{part}"));
        }
        let mine =
            |comment: &&Comment| comment.repository == *name && comment.pull == number && !comment.deleted;
        let merge = one.merge_commit.as_deref().map(|sha| self.short_commit(name, &sha[..12]));
        json!({
            "type": "pullrequest", "id": number, "title": one.title, "description": one.description,
            "summary": rendered(&one.description), "state": one.state, "draft": one.draft, "queued": false,
            "rendered": { "title": rendered(&one.title), "description": rendered(&one.description) },
            "author": self.person(state, &one.author), "reviewers": [], "participants": [],
            "source": self.side(state, one.source.as_deref(), &one.head_branch, &one.head_sha),
            "destination": self.side(state, Some(name), &one.base_branch, &one.base_sha),
            "comment_count": state.comments.values().filter(mine).count(), "task_count": 0,
            "close_source_branch": false, "closed_by": one.closed_by.as_deref().map(|by| self.person(state, by)),
            "merge_commit": merge, "reason": "", "created_on": one.created_at, "updated_on": one.updated_at,
            "links": links,
        })
    }

    /// A comment. The text of a deleted one is empty.
    pub(crate) fn comment(&self, state: &State, one: &Comment) -> Value {
        let (name, number, id) = (&one.repository, one.pull, one.id);
        let path = format!("/repositories/{name}/pullrequests/{number}");
        let html = self.page(&format!("/{name}/pull-requests/{number}/_/diff#comment-{id}"));
        let title = state.pulls.get(&(name.clone(), number)).map(|pull| &pull.title);
        let mut shown = json!({
            "type": "pullrequest_comment", "id": id, "deleted": one.deleted, "pending": false,
            "content": rendered(if one.deleted { "" } else { &one.raw }), "user": self.person(state, &one.author),
            "created_on": one.created_at, "updated_on": one.updated_at,
            "links": { "self": self.link(&format!("{path}/comments/{id}")), "html": html },
            "pullrequest": {
                "type": "pullrequest", "id": number, "title": title,
                "links": {
                    "self": self.link(&path),
                    "html": self.page(&format!("/{name}/pull-requests/{number}")),
                },
            },
        });
        if let Some(parent) = one.parent {
            shown["parent"] = json!({
                "type": "pullrequest_comment", "id": parent,
                "links": { "self": self.link(&format!("{path}/comments/{parent}")) },
            });
        }
        if !one.inline.is_null() {
            shown["inline"] = one.inline.clone();
        }
        if let Some((by, at)) = &one.resolution {
            shown["resolution"] =
                json!({ "type": "comment_resolution", "user": self.person(state, by), "created_on": at });
        }
        shown
    }
}
