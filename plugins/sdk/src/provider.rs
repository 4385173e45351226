//! The world `provider`: an adapter of a Git host, as plain Rust; see `palisade:provider`.

pub mod comment;
mod delivery;
pub mod describe;
mod host;
pub mod json;
pub mod rest;
mod settings;
pub mod text;
mod things;

pub use delivery::{Actor, Delivery, Event, Hint, Understood, properties};
pub use host::{Blob, Credential, Host, HttpError, Method, Request, Response, Scheme};
pub use settings::Settings;
pub use things::{
    Account, Annotation, ChangeKind, ChangePage, Check, CheckLimits, CheckState, Conclusion, Content,
    FileChange, FileEdit, Health, HookPlace, Info, Jwt, NewCommit, NewPull, Page, Permission, Published,
    Pull, Repository, Requirement, Secret, SecretKind, Severity, StatusText, Step, Webhook, WebhookAuth,
};

use crate::CallError;

/// An adapter of a Git host.
pub trait Provider {
    /// The description of the adapter.
    fn describe(&self) -> Info;
    /// Reads a verified delivery.
    fn understand(&self, delivery: Delivery<'_>) -> Result<Understood, CallError>;
    /// Tests the credential, and returns the status of the integration.
    fn test_connection(&self, host: &dyn Host) -> Result<Health, CallError>;
    /// The accounts that the connection can be integrated with.
    fn accounts(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Account>, CallError>;
    /// Repositories that the integration can access.
    fn repositories(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Repository>, CallError>;
    /// Branches of a repository.
    fn branches(
        &self,
        host: &dyn Host,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<Page<String>, CallError>;
    /// Folders in a folder of a branch; none if the folder does not exist.
    fn folders(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Result<Option<Page<String>>, CallError>;
    /// Whether a branch rejects changes without the check of this name.
    fn requirement(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        check: &str,
    ) -> Result<Requirement, CallError>;
    /// Open pull requests.
    fn open_pulls(
        &self,
        host: &dyn Host,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<Page<Pull>, CallError>;
    /// The current state of a pull request; none if it does not exist.
    fn pull(&self, host: &dyn Host, repository: &str, id: &str) -> Result<Option<Pull>, CallError>;
    /// All open pull requests whose head is this commit.
    fn pulls_of_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &str,
    ) -> Result<Vec<Pull>, CallError>;
    /// The merge base of a head and a commit of the repository; none if they have no common history. `pull` is the pull
    /// request that has the head, if one has.
    fn merge_base(
        &self,
        host: &dyn Host,
        repository: &str,
        head: &str,
        base: &str,
        pull: Option<&str>,
    ) -> Result<Option<String>, CallError>;
    /// The head commit of a branch, or of the default branch if the name is empty; none if the branch does not exist.
    fn branch(&self, host: &dyn Host, repository: &str, branch: &str) -> Result<Option<String>, CallError>;
    /// Where to fetch commits.
    fn content(
        &self,
        host: &dyn Host,
        repository: &str,
        want: &[String],
        archive: bool,
    ) -> Result<Content, CallError>;
    /// Creates or repairs the webhook of a place. Returns what cannot be repaired, in Markdown with the remediation.
    fn ensure_hook(
        &self,
        host: &dyn Host,
        place: &HookPlace,
        url: &str,
        secret: Credential,
    ) -> Result<Vec<String>, CallError>;
    /// Removes the webhook of a place that sends to a URL. Returns what cannot be removed, in Markdown with the
    /// remediation.
    fn remove_hook(&self, host: &dyn Host, place: &HookPlace, url: &str) -> Result<Vec<String>, CallError>;
    /// Requests a redelivery of failed deliveries since a time (Unix milliseconds); returns their number.
    fn redeliver(&self, host: &dyn Host, since_ms: u64) -> Result<u32, CallError>;
    /// Updates a check to the requested state.
    fn publish(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Published, CallError>;
    /// What others have changed in a published check, in Markdown with who changed it.
    fn inspect(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Vec<String>, CallError>;
    /// The files that differ between two commits; without a base, since the merge base with the default branch.
    fn changes(
        &self,
        host: &dyn Host,
        repository: &str,
        base: &str,
        head: &str,
        cursor: Option<&str>,
    ) -> Result<ChangePage, CallError>;
    /// Creates a branch at a commit.
    fn create_branch(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        commit: &str,
    ) -> Result<(), CallError>;
    /// Creates a commit on a branch and returns its id; fails if the head of the branch is not the parent.
    fn create_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &NewCommit,
    ) -> Result<String, CallError>;
    /// Creates a pull request.
    fn create_pull(&self, host: &dyn Host, repository: &str, pull: &NewPull) -> Result<Pull, CallError>;
}
