//! The whole state of the fake, behind one lock.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Map, Value};

use crate::access::{Grant, User};

/// A project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// GUID.
    pub(crate) id: String,
    /// Name.
    pub(crate) name: String,
    /// Name of its organisation.
    pub(crate) organization: String,
}

/// A repository. Its contents are in a bare Git repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// GUID, which a change of the name keeps.
    pub id: String,
    /// `project/name`.
    pub full_name: String,
    /// Name.
    pub name: String,
    /// GUID of the project.
    pub project: String,
    /// The default branch.
    pub default_branch: String,
    /// Whether it is disabled.
    pub disabled: bool,
    /// GUID of the repository that it is a fork of.
    pub fork_of: Option<String>,
}

/// A state of a pull request: one for each push, and for each change of the target branch.
#[derive(Clone, Debug)]
pub struct Iteration {
    /// Number, from 1.
    pub id: u64,
    /// The head commit.
    pub source: String,
    /// Commit of the target branch.
    pub target: String,
    /// The merge base of both; empty without common history.
    pub common: String,
    /// `create`, `push` or `retarget`.
    pub reason: &'static str,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// Short name of the user who pushed.
    pub author: String,
}

/// A status of a pull request. Each write adds one.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Number within the pull request, from 1.
    pub id: u64,
    /// Number of its iteration; none for a status of the pull request as a whole.
    pub iteration: Option<u64>,
    /// `pending`, `succeeded`, `failed`, `error`, `notSet` or `notApplicable`.
    pub state: String,
    /// The description.
    pub description: String,
    /// The genre of the context.
    pub genre: String,
    /// The name of the context.
    pub name: String,
    /// Address of the details.
    pub target_url: Option<String>,
    /// Short name of the author.
    pub author: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// A comment of a thread.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Number within the thread, from 1.
    pub id: u64,
    /// The comment that it replies to; 0 for none.
    pub parent: u64,
    /// Short name of the author.
    pub author: String,
    /// The text, Markdown.
    pub content: String,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was changed, RFC 3339.
    pub updated_at: String,
}

/// A thread of comments of a pull request.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Number, from 1.
    pub id: u64,
    /// `active`, `fixed`, `wontFix`, `closed`, `byDesign`, `pending` or `unknown`.
    pub status: String,
    /// The comments.
    pub comments: Vec<Comment>,
    /// Its place in a file, or null.
    pub context: Value,
    /// The iterations that it was written in, or null.
    pub pull_context: Value,
    /// The properties, in the form of responses.
    pub properties: Map<String, Value>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was changed, RFC 3339.
    pub updated_at: String,
}

/// A pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Number within the organisation.
    pub id: u64,
    /// GUID of the target repository.
    pub repository: String,
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Short name of the author.
    pub author: String,
    /// Name of the source branch.
    pub source: String,
    /// Name of the target branch.
    pub target: String,
    /// GUID of the fork that contains the source branch; none for a branch of the target repository.
    pub fork: Option<String>,
    /// `active`, `abandoned` or `completed`.
    pub status: &'static str,
    /// Whether it is a draft.
    pub draft: bool,
    /// The commit that a merge would create; none if there are conflicts.
    pub merge_commit: Option<String>,
    /// When it was opened, RFC 3339.
    pub created_at: String,
    /// When it was closed, RFC 3339.
    pub closed_at: Option<String>,
    /// The iterations: one at least.
    pub iterations: Vec<Iteration>,
    /// The statuses, oldest first.
    pub statuses: Vec<Posted>,
    /// The threads, oldest first.
    pub threads: Vec<Thread>,
    /// The number of statuses that were ever written.
    pub(crate) last_status: u64,
}

impl Pull {
    /// The last iteration.
    ///
    /// # Panics
    /// Never: a pull request has one from the start.
    pub fn last(&self) -> &Iteration {
        self.iterations.last().unwrap()
    }

    /// The head commit.
    pub fn head(&self) -> &str {
        &self.last().source
    }

    /// The status that counts for a context: the newest one of the last iteration, or of the pull request as a whole.
    pub fn status_of(&self, genre: &str, name: &str) -> Option<&Posted> {
        let last = self.last().id;
        let counts = |one: &&Posted| {
            one.genre == genre && one.name == name && one.iteration.is_none_or(|number| number == last)
        };
        self.statuses.iter().rev().find(counts)
    }
}

/// A branch policy.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) id: u64,
    /// GUID of the project.
    pub(crate) project: String,
    /// GUID of the type.
    pub(crate) kind: String,
    pub(crate) enabled: bool,
    pub(crate) blocking: bool,
    pub(crate) settings: Value,
    pub(crate) author: String,
    pub(crate) created_at: String,
}

/// A service hook subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// GUID.
    pub id: String,
    /// `enabled`, `onProbation`, `disabledByUser`, `disabledBySystem` or `disabledByInactiveIdentity`.
    pub status: &'static str,
    /// The kind of event.
    pub event: String,
    /// The version of the payload.
    pub version: String,
    /// The filters.
    pub publisher_inputs: BTreeMap<String, String>,
    /// Address and credentials.
    pub consumer_inputs: BTreeMap<String, String>,
    /// Short name of the author.
    pub author: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was changed, RFC 3339.
    pub modified_at: String,
    /// The number of retries on probation.
    pub probation_retries: u64,
    /// The number of notifications.
    pub notifications: u64,
}

impl Subscription {
    /// A filter; empty if it is not set.
    pub fn filter(&self, name: &str) -> &str {
        self.publisher_inputs.get(name).map_or("", String::as_str)
    }

    /// An input of the consumer; empty if it is not set.
    pub fn input(&self, name: &str) -> &str {
        self.consumer_inputs.get(name).map_or("", String::as_str)
    }
}

/// The whole state of the fake.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) tokens: BTreeMap<String, Grant>,
    /// In the order of creation.
    pub(crate) projects: Vec<Project>,
    /// In the order of creation.
    pub(crate) repositories: Vec<Repository>,
    pub(crate) pulls: BTreeMap<u64, Pull>,
    /// Pull requests that are returned in an old state until a time.
    pub(crate) stale: BTreeMap<u64, (Instant, Pull)>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) subscriptions: Vec<Subscription>,
    /// The certificate authority that service hooks trust, PEM.
    pub(crate) ca: Option<String>,
    pub(crate) pushes: u64,
    last: u64,
}

impl State {
    /// A new number, from 1.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// A new GUID that is the same in each run; `kind` are two hexadecimal digits.
    pub(crate) fn guid(&mut self, kind: &str) -> String {
        format!("{kind}000000-0000-4000-8000-{:012x}", self.next())
    }

    /// The project of that name or GUID, case-insensitive.
    pub(crate) fn project(&self, organization: &str, name: &str) -> Option<&Project> {
        self.projects.iter().find(|one| {
            one.organization.eq_ignore_ascii_case(organization)
                && (one.name.eq_ignore_ascii_case(name) || one.id.eq_ignore_ascii_case(name))
        })
    }

    /// The project of a repository.
    pub(crate) fn project_of(&self, repository: &Repository) -> &Project {
        self.projects.iter().find(|one| one.id == repository.project).unwrap()
    }

    /// The repository of that full name, case-insensitive.
    pub(crate) fn named(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.iter().find(|one| one.full_name.eq_ignore_ascii_case(full_name))
    }

    /// The repository of that GUID.
    pub(crate) fn repository(&self, id: &str) -> Option<&Repository> {
        self.repositories.iter().find(|one| one.id.eq_ignore_ascii_case(id))
    }

    /// The repository of that GUID, to change it.
    pub(crate) fn repository_mut(&mut self, id: &str) -> Option<&mut Repository> {
        self.repositories.iter_mut().find(|one| one.id.eq_ignore_ascii_case(id))
    }

    /// The subscription of that GUID.
    pub(crate) fn subscription(&mut self, id: &str) -> Option<&mut Subscription> {
        self.subscriptions.iter_mut().find(|one| one.id.eq_ignore_ascii_case(id))
    }
}
