//! All that the fake remembers, behind one lock.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use serde_json::Value;

use crate::check::Check;
use crate::delivery::Delivery;
use crate::fault::{Chaos, Rule};
use crate::ledger::Request;

/// An organisation in which the App is installed.
#[derive(Clone, Debug)]
pub struct Installation {
    /// Number of the installation.
    pub id: u64,
    /// Login of the organisation.
    pub login: String,
    /// Number of the organisation.
    pub account_id: u64,
    /// `all` or `selected`.
    pub selection: &'static str,
    /// When it was suspended, RFC 3339.
    pub suspended_at: Option<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
}

/// A repository: its contents are in a bare Git repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Number of the repository.
    pub id: u64,
    /// `owner/name`.
    pub full_name: String,
    /// Branch that a clone checks out.
    pub default_branch: String,
    /// Whether it is private.
    pub private: bool,
    /// Number of the installation that reaches it.
    pub installation: u64,
    /// The protected branches, with the names of the checks that each requires, and the App that must write each.
    pub protected: BTreeMap<String, Vec<(String, Option<u64>)>>,
    /// The same by rulesets.
    pub rules: BTreeMap<String, Vec<(String, Option<u64>)>>,
}

/// A pull request.
#[derive(Clone, Debug)]
pub struct Pull {
    /// Global number.
    pub id: u64,
    /// Number within the repository.
    pub number: u64,
    /// `owner/name` of the repository it is asked of.
    pub repository: String,
    /// Title.
    pub title: String,
    /// Name of the branch it comes from.
    pub head_branch: String,
    /// Name of the branch it goes to.
    pub base_branch: String,
    /// Commit it comes from.
    pub head_sha: String,
    /// Commit it goes to, when it was last pushed.
    pub base_sha: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether it comes from a fork that is gone since.
    pub fork_gone: bool,
    /// When it was opened, RFC 3339.
    pub created_at: String,
    /// When it was closed, RFC 3339.
    pub closed_at: Option<String>,
}

/// A token that was handed out.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// The installation it speaks for.
    pub(crate) installation: u64,
    /// Seconds since 1970 at which it stops to count.
    pub(crate) expires: i64,
    /// Full names of the repositories it is confined to; empty for all of the installation.
    pub(crate) repositories: Vec<String>,
}

/// Where deliveries go.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hook {
    /// Address; none before it is configured.
    pub(crate) url: Option<String>,
    /// Certificate authority to trust, as PEM.
    pub(crate) ca: Option<String>,
}

/// All that the fake remembers.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) installations: BTreeMap<u64, Installation>,
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) pulls: BTreeMap<(String, u64), Pull>,
    /// What is shown of pull requests until a moment, instead of what they are.
    pub(crate) stale: BTreeMap<(String, u64), (Instant, Pull)>,
    pub(crate) checks: BTreeMap<u64, Check>,
    pub(crate) suites: BTreeMap<(String, String), u64>,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) token_seconds: Option<i64>,
    pub(crate) hook: Hook,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) requests: Vec<Request>,
    pub(crate) violations: Vec<String>,
    pub(crate) rules: VecDeque<Rule>,
    pub(crate) chaos: Option<Chaos>,
    pub(crate) served: u64,
    /// Addresses of archives that were handed out: repository and commit.
    pub(crate) tickets: BTreeMap<String, (String, String)>,
    pub(crate) last: u64,
}

impl State {
    /// A number that was not given before. Starts above `i32`, as GitHub's do.
    pub(crate) fn next(&mut self) -> u64 {
        self.last += 1;
        4_000_000_000 + self.last
    }

    /// The repository of that name, whatever its letters' case.
    pub(crate) fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.get(&full_name.to_lowercase())
    }

    /// The installation of an organisation.
    pub(crate) fn installation_of(&self, login: &str) -> Option<&Installation> {
        self.installations.values().find(|one| one.login.eq_ignore_ascii_case(login))
    }

    /// The suite in which the checks of a commit are.
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

    /// Records that a request broke GitHub's description.
    pub(crate) fn violation(&mut self, what: String) {
        self.violations.push(what);
    }
}

/// The text of a member, or nothing.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(ToOwned::to_owned)
}
