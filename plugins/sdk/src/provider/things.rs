//! Objects of a Git host, and what is published to it.

use super::host::{Blob, Credential};

// Records that an adapter fills or reads as the contract defines them: see `palisade:provider`.
pub use crate::bindings::provider::generated::exports::palisade::provider::provider::{
    Account, Annotation, ChangeKind, ChangePage, Check, CheckLimits, CheckState, Conclusion, FileChange,
    FileEdit, HookPlace, Info, Jwt, NewCommit, NewPull, Permission, Published, Pull, Repository, Requirement,
    Secret, SecretKind, StatusText, Step, Webhook, WebhookAuth,
};
pub use crate::bindings::provider::generated::palisade::types::core::Severity;

/// The status of an integration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// `active`, `not-installed`, `suspended`, `error`; other values are possible.
    pub status: String,
    /// The provider's name of the account.
    pub account: String,
    /// The reason and the remediation.
    pub reason: String,
    /// Problems that do not stop the integration.
    pub warnings: Vec<String>,
    /// Names of the permissions that the credential lacks.
    pub missing: Vec<String>,
    /// When the credential expires, in Unix milliseconds.
    pub expires_ms: Option<u64>,
    /// Names and values for users.
    pub details: Vec<(String, String)>,
}

/// A page of a list, and how to fetch the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Where the host fetches the content of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// With Git, over HTTPS.
    Git {
        /// Without a user name.
        url: String,
        /// The user's name.
        user: String,
        /// The password.
        password: Credential,
        /// Commits or references to fetch.
        want: Vec<String>,
    },
    /// An archive (tar, gzip) that the host has downloaded.
    Archive {
        /// Its bytes.
        blob: Blob,
        /// The id of the commit's tree in Git.
        tree: String,
    },
}
