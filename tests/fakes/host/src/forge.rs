//! What tests of all providers use: the same operations on each fake.

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

use crate::{Controlled, Error, Host, Running};

/// The state of a check, whatever the provider calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is queued or running.
    Pending,
    /// It lets the pull request be merged.
    Success,
    /// It blocks the pull request.
    Failure,
    /// It was cancelled, because the pull request has another head.
    Stopped,
}

/// A remark on a line: an annotation, a discussion or a thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The file.
    pub path: String,
    /// The line of the head, from 1.
    pub line: u64,
    /// Whether it is open: not resolved, and an annotation of the latest report.
    pub open: bool,
    /// The text.
    pub text: String,
}

/// What a pull request shows of our check.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The state at the head.
    pub status: Status,
    /// The title of the check, or the description of its status.
    pub title: String,
    /// The remarks of this program, sorted.
    pub remarks: Vec<Remark>,
    /// The texts of the summaries of this program: one at most.
    pub summaries: Vec<String>,
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BadToken {
    /// It has expired.
    Expired,
    /// It lacks a scope that is required.
    MissingScope,
    /// It is of another organisation, of another user without access, or of another App.
    Foreign,
    /// It was revoked or deleted.
    Revoked,
}

/// A webhook that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The address.
    pub url: String,
    /// The full name of its repository; empty for one of an account or of the connection.
    pub repository: String,
    /// Whether deliveries are sent.
    pub active: bool,
}

/// The future of an operation that waits.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A fake with the operations that tests of all providers use.
pub trait Forge: Controlled {
    /// The fake as it runs.
    fn running(&self) -> &Running;

    /// The shared parts: repositories, requests, faults.
    fn host(&self) -> &Host {
        self.running().host()
    }

    /// The certificate authority that clients must trust, PEM.
    fn ca_pem(&self) -> &str {
        self.running().ca_pem()
    }

    /// Whether requests are checked against the provider's description.
    fn validates(&self) -> bool {
        self.running().validates()
    }

    /// The body of `POST /api/v1/connections`: the provider, a name, the settings and the secrets.
    fn connection(&self) -> Value;

    /// The name of the account to integrate, which exists from the start.
    fn account(&self) -> &str;

    /// A full name of a repository of that account, from the name alone: `acme/shop` for `shop`.
    fn full_name(&self, name: &str) -> String;

    /// Adds a private repository with one commit on `main`. Returns the commit.
    fn add_repository(&self, full_name: &str, files: &[(&str, &str)]) -> Result<String, Error>;

    /// Our check of a pull request at a commit; `None` if there is none.
    fn shown(&self, repository: &str, number: u64, sha: &str) -> Option<Shown>;

    /// All webhooks.
    fn hooks(&self) -> Vec<Hook>;

    /// Somebody deletes all webhooks by hand.
    fn delete_hooks(&self);

    /// Another user with write access sets our status to success and resolves our remarks, as far as the provider allows
    /// it to others. Returns the name of the user, or `None` if the provider allows nothing.
    fn tamper(&self, repository: &str, number: u64, sha: &str) -> Result<Option<String>, Error>;

    /// A user comments on a pull request, and the event is sent.
    fn comment(&self, repository: &str, number: u64, text: &str) -> Result<(), Error>;

    /// Secrets that must appear nowhere: tokens, passwords, keys.
    fn secrets(&self) -> Vec<String>;

    /// Waits until no delivery is pending.
    fn settled(&self) -> Later<'_, ()> {
        Box::pin(self.running().settled())
    }

    /// Bodies of connections like [`Forge::connection`], each with a token that is not accepted or not sufficient. Cases
    /// that the provider does not have are left out.
    fn bad_tokens(&self) -> Vec<(BadToken, Value)>;

    /// Archives or disables a repository, whatever the provider calls it, with its event. Returns `false` if the provider
    /// has neither; then nothing changes.
    fn archive_repository(&self, full_name: &str) -> Result<bool, Error>;

    /// Deletes a repository, with its event.
    fn delete_repository(&self, full_name: &str) -> Result<(), Error>;

    /// Gives a repository another full name with the same owner, with its event.
    fn rename_repository(&self, old: &str, new: &str) -> Result<(), Error>;

    /// Writes files to a branch of a fork, which has another owner and is created if it does not exist, and opens a pull
    /// request from it to `main`, with its event. Returns the number and the head commit. [`Error::Absent`] if the fake
    /// has no forks.
    fn open_from_fork(
        &self,
        repository: &str,
        branch: &str,
        files: &[(&str, Option<&str>)],
    ) -> Result<(u64, String), Error>;

    /// Deletes the fork that a pull request comes from. The pull request stays open.
    fn delete_fork(&self, repository: &str, number: u64) -> Result<(), Error>;

    /// Renames a branch, with the events and the effects on pull requests that the provider has; by default, none.
    fn rename_branch(&self, repository: &str, old: &str, new: &str) -> Result<(), Error> {
        self.host().git.rename_branch(repository, old, new).map(drop)
    }

    /// Changes the target branch of a pull request, with its event.
    fn retarget(&self, repository: &str, number: u64, base: &str) -> Result<(), Error>;

    /// Somebody changes the secret of all webhooks by hand.
    fn change_hook_secret(&self);

    /// Sets the state that all webhooks get from the provider after failed deliveries. Returns `false` if the provider
    /// has none; then nothing changes.
    fn disable_hooks(&self) -> bool;

    /// Makes the list of repositories one without an end, or ends that. For a provider that lists repositories without
    /// pages, it is the list that leads to them.
    fn never_end(&self, on: bool);

    /// Stops listening, or listens again on the same ports with its state unchanged.
    fn outage(&self, away: bool) -> Later<'_, Result<(), Error>> {
        Box::pin(self.running().outage(away))
    }
}
