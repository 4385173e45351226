//! The types of a Git provider; see `palisade:provider`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::severity::Severity;

/// Why a call of a provider failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// The provider refused the call.
    #[error("denied: {0}")]
    Denied(String),
    /// The input is invalid.
    #[error("invalid input: {0}")]
    InvalidInput(String),
    /// The provider did not answer; a retry may succeed.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The provider limits the rate; the seconds to wait, if it reports them.
    #[error("the provider asks to wait{}", .0.map(|it| format!(" {it} s")).unwrap_or_default())]
    RateLimited(Option<u64>),
    /// Any other error.
    #[error("{0}")]
    Other(String),
}

/// One way in which deliveries of a provider are authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookAuth {
    /// `hmac-sha256`, `standard-webhooks`, `token` or `basic`; more values may be added.
    pub scheme: String,
    /// The header with the signature or token.
    pub header: String,
    /// Prefix of the header's value, before the signature or token.
    pub prefix: String,
    /// The header with the ID, if the ID is signed.
    pub id_header: String,
    /// The header with the time, if the time is signed.
    pub time_header: String,
}

/// The deliveries of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The ways in which deliveries are authenticated: the first whose header a delivery has decides.
    pub auth: Vec<WebhookAuth>,
    /// Headers with the ID of the delivery, the first that it has.
    pub id_headers: Vec<String>,
    /// JSON pointers into the body, whose values together are the ID of the delivery.
    pub id_fields: Vec<String>,
    /// The header with the kind of the event; empty if the kind is in the body.
    pub event_header: String,
    /// Whether each repository needs a webhook of its own; otherwise the connection has one.
    pub per_repository: bool,
}

/// The object that a webhook belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HookPlace {
    /// The connection.
    Connection,
    /// An account, with all its repositories.
    Account,
    /// A repository, by its full name.
    Repository(String),
}

/// A permission or scope of a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// Name, as the provider spells it.
    pub name: String,
    /// Where it is set at the provider.
    pub place: String,
    /// Purpose.
    pub purpose: String,
    /// Whether the connection does not work without it.
    pub required: bool,
}

/// How the host uses a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretKind {
    /// Sent unchanged.
    Token,
    /// RSA private key in PEM, which signs JSON Web Tokens.
    JwtRs256 {
        /// The setting with the claim `iss`.
        issuer: String,
        /// Lifetime of a token in seconds, for the claim `exp`.
        lifetime_seconds: u32,
    },
}

/// A secret that a provider needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretNeed {
    /// Name.
    pub name: String,
    /// Title for readers.
    pub title: String,
    /// How the host uses it.
    pub kind: SecretKind,
}

/// Limits of a check at the provider: lengths in characters, and a number of annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLimits {
    /// Length of the title.
    pub title: u32,
    /// Length of the summary.
    pub summary: u32,
    /// Length of the message of an annotation.
    pub message: u32,
    /// Annotations of one check.
    pub annotations: u32,
}

/// A step that an administrator performs at a provider to connect it, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Title, in one line.
    pub title: String,
    /// Instructions.
    pub text: String,
}

/// Texts for a status of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusText {
    /// As in [`Health`].
    pub status: String,
    /// Label for readers.
    pub label: String,
    /// How to make the integration active again; empty if that is not possible.
    pub fix: String,
}

/// Description of an adapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderInfo {
    /// Its id, such as `github`.
    pub id: String,
    /// Title for readers.
    pub title: String,
    /// Its deliveries.
    pub webhook: Webhook,
    /// Optional features that it supports; more values may be added.
    pub features: Vec<String>,
    /// A JSON Schema of its settings.
    pub settings_schema: String,
    /// The secrets that it needs.
    pub secrets: Vec<SecretNeed>,
    /// The permissions that the credential needs.
    pub permissions: Vec<Permission>,
    /// The settings whose URLs name the hosts that it connects to.
    pub hosts: Vec<String>,
    /// Limits of a check.
    pub limits: CheckLimits,
    /// Steps to perform before the settings are known, in order.
    pub connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    pub configure: String,
    /// Texts for statuses.
    pub statuses: Vec<StatusText>,
}

impl ProviderInfo {
    /// The texts for a status; none if the adapter has none.
    pub fn status(&self, status: &str) -> Option<&StatusText> {
        self.statuses.iter().find(|it| it.status == status)
    }
}

/// A commit of a merge queue that must be checked before the branch moves to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeGroup {
    /// The repository's full name.
    pub repository: String,
    /// The commit to check.
    pub head_sha: String,
    /// The commit of the branch without it; empty if the delivery does not name it.
    pub base_sha: String,
    /// The branch.
    pub base_ref: String,
}

/// What the host must read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// A pull request.
    Pull {
        /// The repository's full name.
        repository: String,
        /// Its number.
        id: String,
        /// Its head according to the delivery, which may be abbreviated; empty if the delivery has none.
        head_sha: String,
        /// Its target branch according to the delivery; empty if the delivery has none.
        base_ref: String,
    },
    /// A merge queue asks for a check of a commit.
    MergeGroup(MergeGroup),
    /// The checks of a commit are requested again.
    Rerun {
        /// The repository's full name.
        repository: String,
        /// The commit.
        head_sha: String,
        /// Our id of the requested check; none for all checks.
        external_id: Option<String>,
    },
    /// A user requests the check of a pull request again.
    Recheck {
        /// The repository's full name.
        repository: String,
        /// Its number.
        id: String,
    },
    /// The status of the integration.
    Integration,
    /// The list of repositories.
    Repositories,
}

/// The account that did something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The provider's id.
    pub id: String,
    /// Login name.
    pub login: String,
    /// `user`, `bot`, `organization`; more values may be added.
    pub kind: String,
}

/// An event at a provider, in the terms of the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEvent {
    /// Id of the delivery.
    pub id: String,
    /// Id of the provider.
    pub provider: String,
    /// Kind, such as `repository`.
    pub kind: String,
    /// Action, such as `publicized`.
    pub action: String,
    /// The account that did it.
    pub actor: Actor,
    /// Organization.
    pub organization: String,
    /// Full name of the repository; empty for none.
    pub repository: String,
    /// Whether the repository is public.
    pub public: Option<bool>,
    /// Unix milliseconds; 0 if unknown.
    pub occurred_ms: u64,
    /// Properties, as names and values.
    pub properties: Vec<(String, String)>,
    /// The provider's own JSON.
    pub payload: String,
}

/// The content of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// The account it belongs to; empty for each integration of the connection.
    pub account: String,
    /// What to read again.
    pub hints: Vec<Hint>,
    /// Events to record.
    pub events: Vec<ProviderEvent>,
}

/// Status of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `active`, `not-installed`, `suspended`, `error`; more values may be added.
    pub status: String,
    /// Name of the account at the provider.
    pub account: String,
    /// Reason of the status, and how to fix it.
    pub reason: String,
    /// Warnings about reduced function.
    pub warnings: Vec<String>,
    /// Names of the permissions that the credential lacks.
    pub missing: Vec<String>,
    /// When the credential expires, in Unix milliseconds.
    pub expires_ms: Option<u64>,
    /// Names and values for readers.
    pub details: Vec<(String, String)>,
}

/// An account that a connection can be integrated with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// As in [`Health`].
    pub status: String,
    /// Its page at the provider.
    pub web_url: String,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// The provider's id.
    pub id: String,
    /// Such as `acme/shop`.
    pub full_name: String,
    /// Default branch.
    pub default_branch: String,
    /// Its page at the provider.
    pub web_url: String,
    /// Whether it is archived and accepts no changes.
    pub archived: bool,
    /// Whether it is private.
    pub private: bool,
}

/// One page of a list, and the cursor of the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Items of this page.
    pub items: Vec<T>,
    /// Cursor of the next page; none on the last page.
    pub next: Option<String>,
}

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Login name of the author.
    pub author: String,
    /// Whether it is still open.
    pub open: bool,
    /// The branch with the change.
    pub head_ref: String,
    /// The head commit of that branch.
    pub head_sha: String,
    /// Repository of that branch; empty if the fork was deleted.
    pub head_repository: String,
    /// The target branch.
    pub base_ref: String,
    /// The commit of the target branch.
    pub base_sha: String,
    /// Its page at the provider.
    pub web_url: String,
}

/// Whether our check is required at a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Whether it is required.
    pub required: bool,
    /// How to require it.
    pub how: String,
}

/// State of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Waiting.
    Queued,
    /// Running.
    Running,
    /// Completed.
    Completed,
    /// Replaced by a newer head.
    Superseded,
}

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// The gate passes.
    Success,
    /// The gate does not pass.
    Failure,
}

/// A remark of a check at lines of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Identity of the violation in all commits of a pull request.
    #[serde(default)]
    pub key: String,
    /// The file.
    pub path: String,
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// Severity.
    pub severity: Severity,
    /// Title, in one line.
    pub title: String,
    /// Message.
    pub message: String,
}

/// The desired state of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Our id, by which the check is found again.
    pub external_id: String,
    /// The integration, whose comments are found by it.
    pub owner: String,
    /// The open pull requests with this head.
    pub pulls: Vec<String>,
    /// The commit.
    pub head_sha: String,
    /// Name.
    pub name: String,
    /// State.
    pub state: CheckState,
    /// Result; none unless it is completed.
    pub conclusion: Option<Conclusion>,
    /// Page with details.
    pub details_url: String,
    /// Title, in one line.
    pub title: String,
    /// Summary, in Markdown.
    pub summary: String,
    /// Annotations, the worst first.
    pub annotations: Vec<Annotation>,
    /// Handle that the provider returned for it before.
    pub previous_handle: Option<String>,
}

/// A check as the provider published it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Handle of the provider.
    pub handle: String,
    /// Number of annotations that the provider accepted.
    pub accepted: u32,
    /// Its page at the provider.
    pub web_url: String,
}

/// How a file differs between two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content changed.
    Modified,
    /// It was removed.
    Removed,
    /// It has another path, and perhaps another content.
    Renamed,
}

/// A file that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// The path.
    pub path: String,
    /// The path before a renaming, otherwise the same.
    pub previous_path: String,
    /// The kind of the difference.
    pub kind: ChangeKind,
    /// The hunks of a unified diff; none for binary and for large files.
    pub patch: Option<String>,
}

/// A page of changed files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The files, and the cursor of the next page.
    pub page: Page<FileChange>,
    /// Whether the list has all files.
    pub complete: bool,
}

/// A file of a new commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEdit {
    /// The path.
    pub path: String,
    /// The new content; none if the file is deleted.
    pub content: Option<Vec<u8>>,
}

/// A commit to be created on a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCommit {
    /// The branch.
    pub branch: String,
    /// The head of the branch.
    pub parent: String,
    /// The message.
    pub message: String,
    /// The changed files.
    pub files: Vec<FileEdit>,
}

/// A pull request to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPull {
    /// The branch with the change.
    pub head_ref: String,
    /// The target branch.
    pub base_ref: String,
    /// The title.
    pub title: String,
    /// The description, in Markdown.
    pub body: String,
}
