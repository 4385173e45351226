//! What a Git host has, and what it is told.

use super::host::{Blob, Credential};

// Records that an author fills or reads as the contract has them: see `palisade:provider`.
pub use crate::bindings::provider::generated::exports::palisade::provider::provider::{
    Account, Annotation, Check, CheckLimits, CheckState, Conclusion, Info, Jwt, Published, Pull, Repository,
    Requirement, Secret, SecretKind, StatusText, Step, WebhookAuth,
};
pub use crate::bindings::provider::generated::palisade::types::core::Severity;

/// How an integration stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// `active`, `not-installed`, `suspended`, `error`; open.
    pub status: String,
    /// What the provider calls the account.
    pub account: String,
    /// Why, and the mend.
    pub reason: String,
    /// What works less well than it could.
    pub warnings: Vec<String>,
    /// Names and values for readers.
    pub details: Vec<(String, String)>,
}

/// Some of many, and how to get the next ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The ones here.
    pub items: Vec<T>,
    /// The cursor of the next ones.
    pub next: Option<String>,
}

/// Where the host gets a commit's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// By Git, over HTTPS.
    Git {
        /// Without a user in it.
        url: String,
        /// The user's name.
        user: String,
        /// The password.
        password: Credential,
        /// Commits or references.
        want: Vec<String>,
    },
    /// An archive (tar, gzip) that the host has downloaded.
    Archive {
        /// Its bytes.
        blob: Blob,
        /// The id that Git gives the commit's tree.
        tree: String,
    },
}
