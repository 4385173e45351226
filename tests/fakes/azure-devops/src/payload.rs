//! Payloads of service hooks, in the form of the published samples.

use palisade_fake_host::clock;
use serde_json::{Value, json};

use crate::Inner;
use crate::state::{Pull, Repository, State, Subscription};

/// The events that can be subscribed to: those of "Service hooks events" (learn.microsoft.com) for Git, and those of
/// repositories, which the list of the publisher `tfs` has.
pub const EVENTS: &[&str] = &[
    "git.push",
    "git.pullrequest.created",
    "git.pullrequest.updated",
    "git.pullrequest.merged",
    "ms.vss-code.git-pullrequest-comment-event",
    "git.repo.created",
    "git.repo.deleted",
    "git.repo.forked",
    "git.repo.renamed",
    "git.repo.statuschanged",
    "git.repo.undeleted",
    "git.branch.download",
];

/// An event.
#[derive(Clone, Debug)]
pub enum Event {
    /// A pull request was opened, changed, or merged as an attempt.
    Pull {
        /// `created`, `updated` or `merged`.
        kind: &'static str,
        /// The kind of update, such as `PushNotification`; empty otherwise.
        notification: &'static str,
        /// Number of the pull request.
        pull: u64,
        /// What happened, with the user as the subject.
        action: &'static str,
        /// Short name of the user.
        actor: String,
    },
    /// A comment was written, edited or deleted.
    Comment {
        /// Number of the pull request.
        pull: u64,
        /// Number of the thread.
        thread: u64,
        /// Number of the comment.
        comment: u64,
        /// What happened, with the user as the subject.
        action: &'static str,
        /// Short name of the user.
        actor: String,
    },
    /// A branch was pushed to.
    Push {
        /// GUID of the repository.
        repository: String,
        /// Name of the branch.
        branch: String,
        /// The commit before.
        before: String,
        /// The commit after.
        after: String,
        /// Short name of the user.
        actor: String,
    },
    /// A repository was created, deleted, forked, renamed, or its status changed.
    Repository {
        /// The last part of the event's name, such as `renamed`.
        kind: &'static str,
        /// The repository, which may be deleted.
        repository: Box<Repository>,
        /// Short name of the user.
        actor: String,
    },
}

/// The parts of a payload that do not depend on the subscription.
pub(crate) struct Facts {
    pub(crate) event: String,
    project: String,
    repository: String,
    branch: String,
    notification: &'static str,
    text: String,
    resource: Value,
    /// The resource of version 1.0 of a comment event, which is the comment alone.
    old: Option<Value>,
}

impl Facts {
    /// Whether a subscription asks for the event: a filter that is empty or absent fits everything.
    pub(crate) fn fit(&self, one: &Subscription) -> bool {
        let fits = |name: &str, value: &str| {
            let wanted = one.filter(name);
            wanted.is_empty() || wanted.trim_start_matches("refs/heads/").eq_ignore_ascii_case(value)
        };
        one.event == self.event
            && fits("projectId", &self.project)
            && fits("repository", &self.repository)
            && (self.branch.is_empty() || fits("branch", &self.branch))
            && (self.notification.is_empty() || fits("notificationType", self.notification))
    }
}

/// The messages of an event that a subscription asks for.
fn message(wanted: &str, text: &str) -> Value {
    let all = json!({ "text": text, "html": text, "markdown": text });
    match wanted.to_ascii_lowercase().as_str() {
        "" | "all" => all,
        "none" => Value::Null,
        form => json!({ form: text }),
    }
}

impl Inner {
    /// The facts of an event; `None` if its object does not exist.
    pub(crate) fn facts(&self, state: &State, event: &Event) -> Option<Facts> {
        match event {
            Event::Pull { kind, notification, pull, action, actor } => {
                let pull = state.pulls.get(pull)?;
                let one = state.repository(&pull.repository)?;
                Some(Facts {
                    event: format!("git.pullrequest.{kind}"),
                    project: one.project.clone(),
                    repository: one.id.clone(),
                    branch: pull.target.clone(),
                    notification,
                    text: format!("{actor} {action}"),
                    resource: self.pull_with_head(state, pull),
                    old: None,
                })
            }
            Event::Comment { pull, thread, comment, action, actor } => {
                let pull = state.pulls.get(pull)?;
                let one = state.repository(&pull.repository)?;
                let thread = pull.threads.iter().find(|it| it.id == *thread)?;
                let comment = thread.comments.iter().find(|it| it.id == *comment)?;
                let api = format!("{}/threads/{}", self.pull_url(one, pull.id), thread.id);
                let mut shown = self.comment(state, comment);
                shown["_links"] = json!({
                    "self": { "href": format!("{api}/comments/{}", comment.id) },
                    "repository": { "href": self.repository_url(one) }, "threads": { "href": api },
                });
                Some(Facts {
                    event: "ms.vss-code.git-pullrequest-comment-event".to_owned(),
                    project: one.project.clone(),
                    repository: one.id.clone(),
                    branch: pull.target.clone(),
                    notification: "",
                    text: format!("{actor} {action} a pull request"),
                    resource: json!({ "comment": shown, "pullRequest": self.pull_with_head(state, pull) }),
                    old: Some(shown),
                })
            }
            Event::Push { repository, branch, before, after, actor } => {
                let one = state.repository(repository)?;
                let api = self.repository_url(one);
                let commits = self.host.git.between(&one.full_name, before, after);
                let commits: Vec<Value> = commits.iter().filter_map(|sha| self.commit(one, sha)).collect();
                let id = state.pushes;
                let resource = json!({
                    "commits": commits,
                    "refUpdates": [{ "name": format!("refs/heads/{branch}"), "oldObjectId": before, "newObjectId": after }],
                    "repository": self.repository(state, one), "pushedBy": self.identity(state.user(actor)),
                    "pushId": id, "date": clock::now(), "url": format!("{api}/pushes/{id}"),
                });
                Some(Facts {
                    event: "git.push".to_owned(),
                    project: one.project.clone(),
                    repository: one.id.clone(),
                    branch: branch.clone(),
                    notification: "",
                    text: format!("{actor} pushed updates to {}:{branch}", one.name),
                    resource,
                    old: None,
                })
            }
            Event::Repository { kind, repository, actor } => {
                let resource = json!({
                    "repository": self.repository(state, repository), "initiatedBy": self.identity(state.user(actor)),
                    "utcTimestamp": clock::now(), "isDisabled": repository.disabled,
                });
                Some(Facts {
                    event: format!("git.repo.{kind}"),
                    project: repository.project.clone(),
                    repository: repository.id.clone(),
                    branch: String::new(),
                    notification: "",
                    text: format!("The repository {} was {kind}", repository.name),
                    resource,
                    old: None,
                })
            }
        }
    }

    /// A pull request with its head as its only commit, as payloads have it.
    fn pull_with_head(&self, state: &State, pull: &Pull) -> Value {
        let mut shown = self.pull(state, pull);
        shown["commits"] = json!([shown["lastMergeSourceCommit"]]);
        shown
    }

    /// The payload of a notification. The subscription decides how much of the resource and of the messages it has
    /// (learn.microsoft.com, "Webhooks", section "Resource details to send").
    pub(crate) fn payload(&self, facts: &Facts, one: &Subscription, id: &str) -> Value {
        let resource = match &facts.old {
            Some(comment) if one.version == "1.0" => comment,
            _ => &facts.resource,
        };
        let resource = match one.input("resourceDetailsToSend").to_ascii_lowercase().as_str() {
            "minimal" => json!({ "id": resource["pullRequestId"], "url": resource["url"] }),
            "none" => Value::Null,
            _ => resource.clone(),
        };
        let base = json!(format!("{}/", self.organization_url(crate::ORGANIZATION)));
        let mut payload = json!({
            "subscriptionId": one.id, "notificationId": one.notifications, "id": id, "eventType": facts.event,
            "publisherId": "tfs", "message": message(one.input("messagesToSend"), &facts.text),
            "detailedMessage": message(one.input("detailedMessagesToSend"), &facts.text), "resource": resource,
            "resourceVersion": one.version,
            "resourceContainers": {
                "collection": { "id": "b1000000-0000-4000-8000-000000000001", "baseUrl": base },
                "account": { "id": "b3000000-0000-4000-8000-000000000001", "baseUrl": base },
                "project": { "id": facts.project, "baseUrl": base },
            },
            "createdDate": clock::now(),
        });
        if let Some(all) = payload.as_object_mut() {
            all.retain(|_, value| !value.is_null());
        }
        payload
    }
}
