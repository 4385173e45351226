//! The whole state of the fake, behind one lock.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use crate::check::Check;

/// An organisation in which the App is installed.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Number of the installation.
    pub id: u64,
    /// Login of the organisation.
    pub login: String,
    /// Number of the organisation.
    pub account_id: u64,
    /// The selected repositories: `all` or `selected`.
    pub selection: &'static str,
    /// When it was suspended, RFC 3339.
    pub suspended_at: Option<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
}

/// A repository. Its contents are in a bare Git repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Number of the repository.
    pub id: u64,
    /// `owner/name`.
    pub full_name: String,
    /// The default branch.
    pub default_branch: String,
    /// Whether it is private.
    pub private: bool,
    /// Whether it is archived: it can only be read.
    pub archived: bool,
    /// Number of its installation.
    pub installation: u64,
    /// The protected branches, with the names of the checks that each requires, and the App that must write each.
    pub protected: BTreeMap<String, Vec<(String, Option<u64>)>>,
    /// The same, by rulesets.
    pub rules: BTreeMap<String, Vec<(String, Option<u64>)>>,
}

/// A pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Global number.
    pub id: u64,
    /// Number within the repository.
    pub number: u64,
    /// `owner/name` of the target repository.
    pub repository: String,
    /// Title.
    pub title: String,
    /// Name of the source branch.
    pub head_branch: String,
    /// Name of the target branch.
    pub base_branch: String,
    /// The head commit.
    pub head_sha: String,
    /// Commit of the target branch at the last push.
    pub base_sha: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it comes from a fork that was deleted.
    pub fork_gone: bool,
    /// When it was opened, RFC 3339.
    pub created_at: String,
    /// When it was closed, RFC 3339.
    pub closed_at: Option<String>,
}

/// An issued token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Number of its installation.
    pub(crate) installation: u64,
    /// When it expires, in seconds since 1970.
    pub(crate) expires: i64,
    /// Full names of the repositories it is restricted to; empty for all of the installation.
    pub(crate) repositories: Vec<String>,
}

/// A webhook of an organisation.
#[derive(Clone, Debug)]
pub(crate) struct OrganizationHook {
    pub(crate) id: u64,
    pub(crate) organization: String,
    pub(crate) url: String,
    pub(crate) active: bool,
    pub(crate) events: Vec<String>,
    /// RFC 3339.
    pub(crate) created_at: String,
}

/// The webhook.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hook {
    /// Address; none until it is configured.
    pub(crate) url: Option<String>,
    /// Certificate authority to trust, as PEM.
    pub(crate) ca: Option<String>,
}

/// The whole state of the fake.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) installations: BTreeMap<u64, Installation>,
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) pulls: BTreeMap<(String, u64), Pull>,
    /// Pull requests that are returned in an old state until a time.
    pub(crate) stale: BTreeMap<(String, u64), (Instant, Pull)>,
    pub(crate) checks: BTreeMap<u64, Check>,
    pub(crate) suites: BTreeMap<(String, String), u64>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) token_seconds: Option<i64>,
    pub(crate) hook: Hook,
    /// The secret of the webhook, if somebody has changed it; otherwise that of the App.
    pub(crate) webhook_secret: Option<String>,
    pub(crate) organization_hooks: BTreeMap<u64, OrganizationHook>,
    pub(crate) served: u64,
    /// Issued addresses of archives: repository and commit.
    pub(crate) tickets: BTreeMap<String, (String, String)>,
    pub(crate) last: u64,
}

impl State {
    /// A new number. They begin above `i32`, as GitHub's do.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        4_000_000_000 + self.last
    }

    /// The repository of that name, case-insensitive.
    pub(crate) fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.get(&full_name.to_lowercase())
    }

    /// The installation of an organisation.
    pub(crate) fn installation_of(&self, login: &str) -> Option<&Installation> {
        self.installations.values().find(|one| one.login.eq_ignore_ascii_case(login))
    }

    /// The check suite of a commit.
    pub(crate) fn suite(&mut self, repository: &str, sha: &str) -> u64 {
        let key = (repository.to_owned(), sha.to_owned());
        if let Some(id) = self.suites.get(&key) {
            return *id;
        }
        let id = self.next();
        self.suites.insert(key, id);
        id
    }

    /// The open pull requests whose head is that commit.
    pub(crate) fn pulls_at(&self, repository: &str, sha: &str) -> Vec<&Pull> {
        self.pulls
            .values()
            .filter(|one| one.open && one.repository == repository && one.head_sha == sha)
            .collect()
    }
}

/// The text of a member, if it is one.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
}
