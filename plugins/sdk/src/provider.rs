//! The world `provider`: an adapter of a Git host, as plain Rust; see `palisade:provider`.

mod delivery;
mod host;
mod things;

pub use delivery::{Actor, Delivery, Event, Hint, Understood};
pub use host::{Blob, Credential, Host, HttpError, Method, Request, Response, Scheme};
pub use things::{
    Account, Annotation, Check, CheckLimits, CheckState, Conclusion, Content, Health, Info, Jwt, Page,
    Published, Pull, Repository, Requirement, Secret, SecretKind, Severity, StatusText, Step, WebhookAuth,
};

use crate::CallError;

/// An adapter of a Git host.
pub trait Provider {
    /// What it is.
    fn describe(&self) -> Info;
    /// What a verified delivery means.
    fn understand(&self, delivery: Delivery<'_>) -> Result<Understood, CallError>;
    /// Tries the credential, and says how the integration stands.
    fn test_connection(&self, host: &dyn Host) -> Result<Health, CallError>;
    /// What the connection can be integrated with.
    fn accounts(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Account>, CallError>;
    /// Repositories that the integration reaches.
    fn repositories(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Repository>, CallError>;
    /// Branches of a repository.
    fn branches(
        &self,
        host: &dyn Host,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<Page<String>, CallError>;
    /// Folders in a folder of a branch; none where there is no such folder.
    fn folders(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Result<Option<Page<String>>, CallError>;
    /// Whether a branch takes no change without the check of this name.
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
    /// One pull request as it is now; none where there is none.
    fn pull(&self, host: &dyn Host, repository: &str, id: &str) -> Result<Option<Pull>, CallError>;
    /// All open pull requests whose head is a commit.
    fn pulls_of_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &str,
    ) -> Result<Vec<Pull>, CallError>;
    /// The commit where two commits parted; none where they have no history in common.
    fn merge_base(
        &self,
        host: &dyn Host,
        repository: &str,
        one: &str,
        other: &str,
    ) -> Result<Option<String>, CallError>;
    /// The commit that a branch stands at, or the default branch where no name is given; none where there is none.
    fn branch(&self, host: &dyn Host, repository: &str, branch: &str) -> Result<Option<String>, CallError>;
    /// How to get commits.
    fn content(
        &self,
        host: &dyn Host,
        repository: &str,
        want: &[String],
        archive: bool,
    ) -> Result<Content, CallError>;
    /// Makes sure that the webhook is as it should be.
    fn ensure_hook(
        &self,
        host: &dyn Host,
        repository: &str,
        url: &str,
        secret: Credential,
    ) -> Result<(), CallError>;
    /// Asks for deliveries that were lost since a moment (Unix milliseconds); gives how many.
    fn redeliver(&self, host: &dyn Host, since_ms: u64) -> Result<u32, CallError>;
    /// Brings a check to the state it ought to have.
    fn publish(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Published, CallError>;
}
