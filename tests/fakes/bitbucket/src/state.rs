//! The whole state of the fake, behind one lock.

use std::collections::BTreeMap;
use std::time::Instant;

use palisade_fake_host::clock;
use serde_json::Value;

use crate::access::{Person, Token};

/// A workspace.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) slug: String,
    pub(crate) uuid: String,
}

/// A repository. Its contents are in a bare Git repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The UUID in braces.
    pub uuid: String,
    /// `workspace/slug`.
    pub full_name: String,
    /// The main branch.
    pub main_branch: String,
    /// Whether it is private.
    pub private: bool,
    /// Full name of the repository that it was forked from.
    pub parent: Option<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// The restrictions of its branches.
    pub restrictions: Vec<Restriction>,
    /// Whether the pull requests of a commit are indexed: until then the list of them is not available.
    pub is_indexed: bool,
}

impl Repository {
    /// The ID of its workspace.
    pub fn workspace(&self) -> &str {
        self.full_name.split('/').next().unwrap_or_default()
    }

    /// Its name within the workspace.
    pub fn slug(&self) -> &str {
        self.full_name.split('/').nth(1).unwrap_or_default()
    }
}

/// A restriction of the branches that match a pattern.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// Number of the restriction.
    pub id: u64,
    /// The kind, pattern and value, as the API has them.
    pub body: Value,
}

/// A pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Number within the repository.
    pub number: u64,
    /// Full name of the target repository.
    pub repository: String,
    /// Title.
    pub title: String,
    /// Description, Markdown.
    pub description: String,
    /// Nickname of the author.
    pub author: String,
    /// Full name of the source repository; `None` if it was deleted.
    pub source: Option<String>,
    /// Name of the source branch.
    pub head_branch: String,
    /// The head commit.
    pub head_sha: String,
    /// Name of the target branch.
    pub base_branch: String,
    /// Commit of the target branch when the pull request was changed last.
    pub base_sha: String,
    /// `OPEN`, `MERGED`, `DECLINED` or `SUPERSEDED`.
    pub state: &'static str,
    /// Whether it is a draft.
    pub draft: bool,
    /// When it was opened, RFC 3339.
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    pub updated_at: String,
    /// Nickname of the user who merged or declined it.
    pub closed_by: Option<String>,
    /// The commit that merged it.
    pub merge_commit: Option<String>,
}

/// A build status.
#[derive(Clone, Debug)]
pub struct BuildStatus {
    /// The key.
    pub key: String,
    /// `SUCCESSFUL`, `FAILED`, `INPROGRESS` or `STOPPED`.
    pub state: String,
    /// The body of the latest write.
    pub body: Value,
    /// Nicknames of the users who wrote it, the first one first. The API does not return them.
    pub writers: Vec<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was written last, RFC 3339.
    pub updated_at: String,
}

/// An annotation of a report.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// The UUID in braces.
    pub uuid: String,
    /// The ID that the reporter gave it.
    pub external_id: String,
    /// The body of the latest write.
    pub body: Value,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was written last, RFC 3339.
    pub updated_at: String,
}

/// A report of a commit.
#[derive(Clone, Debug)]
pub struct Report {
    /// The UUID in braces.
    pub uuid: String,
    /// The ID that the reporter gave it.
    pub external_id: String,
    /// The body of the latest write.
    pub body: Value,
    /// Nickname of the user who created it. The API does not return it.
    pub creator: String,
    /// Its annotations, in the order of their creation.
    pub annotations: Vec<Annotation>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was written last, RFC 3339.
    pub updated_at: String,
}

/// A comment on a pull request.
#[derive(Clone, Debug)]
pub struct Comment {
    /// Number of the comment.
    pub id: u64,
    /// Full name of the repository.
    pub repository: String,
    /// Number of the pull request.
    pub pull: u64,
    /// Nickname of the author.
    pub author: String,
    /// The text, Markdown.
    pub raw: String,
    /// Number of the comment that it replies to.
    pub parent: Option<u64>,
    /// Its place in the diff; null if it has none.
    pub inline: Value,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Nickname of the user who resolved it, and when, RFC 3339.
    pub resolution: Option<(String, String)>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was changed last, RFC 3339.
    pub updated_at: String,
}

/// What a webhook belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// A workspace, by its ID: the events of all its repositories.
    Workspace(String),
    /// A repository, by its full name.
    Repository(String),
}

/// A webhook.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// The UUID in braces.
    pub uuid: String,
    /// What it belongs to.
    pub place: Place,
    /// The address.
    pub url: String,
    /// The description.
    pub description: String,
    /// Whether deliveries are sent.
    pub active: bool,
    /// The events.
    pub events: Vec<String>,
    /// The key of signatures; without it, deliveries are not signed.
    pub secret: Option<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// The whole state of the fake. Repositories have their full names in lower case as keys; pull requests, statuses and
/// reports the full name as the repository spells it.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) workspaces: BTreeMap<String, Workspace>,
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) pulls: BTreeMap<(String, u64), Pull>,
    /// Pull requests that are returned in an old state until a time.
    pub(crate) stale: BTreeMap<(String, u64), (Instant, Pull)>,
    /// By repository, commit and key.
    pub(crate) statuses: BTreeMap<(String, String, String), BuildStatus>,
    /// By repository, commit and the reporter's ID.
    pub(crate) reports: BTreeMap<(String, String, String), Report>,
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) hooks: Vec<Subscription>,
    /// The certificate authority that receivers of deliveries have, PEM.
    pub(crate) delivery_ca: Option<String>,
    /// Tokens and secrets that must appear nowhere.
    pub(crate) secrets: Vec<String>,
    pub(crate) last: u64,
}

impl State {
    /// A new number.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// A new UUID in braces; the same in each run.
    pub(crate) fn uuid(&mut self) -> String {
        format!("{{5ca1ab1e-0000-4000-a000-{:012x}}}", self.next())
    }

    /// The workspace of that ID or UUID.
    pub(crate) fn workspace(&self, name: &str) -> Option<&Workspace> {
        self.workspaces.values().find(|one| one.slug.eq_ignore_ascii_case(name) || one.uuid == name)
    }

    /// The repository of that full name, case-insensitive.
    pub(crate) fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.get(&full_name.to_lowercase())
    }

    /// The repository of a workspace, each by name or UUID.
    pub(crate) fn find(&self, workspace: &str, repository: &str) -> Option<&Repository> {
        let workspace = &self.workspace(workspace)?.slug;
        let mut all = self.repositories.values().filter(|one| one.workspace() == workspace);
        all.find(|one| one.slug().eq_ignore_ascii_case(repository) || one.uuid == repository)
    }

    /// A pull request as the API returns it.
    pub(crate) fn shown_pull(&self, repository: &str, number: u64) -> Option<&Pull> {
        let key = (repository.to_owned(), number);
        let stale = self.stale.get(&key).filter(|(until, _)| *until > Instant::now());
        stale.map(|(_, old)| old).or_else(|| self.pulls.get(&key))
    }

    /// The open pull requests from a branch.
    pub(crate) fn pulls_from(&mut self, repository: &str, branch: &str) -> Vec<&mut Pull> {
        let from = |one: &&mut Pull| {
            one.state == "OPEN" && one.source.as_deref() == Some(repository) && one.head_branch == branch
        };
        self.pulls.values_mut().filter(from).collect()
    }

    /// Adds a comment; returns its number.
    pub(crate) fn comment(&mut self, pull: (&str, u64), author: &str, raw: &str) -> u64 {
        let (id, now) = (self.next(), clock::now());
        let comment = Comment {
            id,
            repository: pull.0.to_owned(),
            pull: pull.1,
            author: author.to_owned(),
            raw: raw.to_owned(),
            parent: None,
            inline: Value::Null,
            deleted: false,
            resolution: None,
            created_at: now.clone(),
            updated_at: now,
        };
        self.comments.insert(id, comment);
        id
    }
}

/// The text of a member; empty if it is not one.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
