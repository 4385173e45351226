//! What a Git host has, and what it is told.

use super::host::{Blob, Credential};
use crate::Severity;

/// How deliveries prove where they come from; the host verifies them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookAuth {
    /// `hmac-sha256`, `standard-webhooks`, `token`, `basic`; open.
    pub scheme: String,
    /// The header that carries the proof.
    pub header: String,
    /// What stands before the proof in it.
    pub prefix: String,
    /// The header with the delivery's id.
    pub id_header: String,
    /// The header with the time, where it is signed.
    pub time_header: String,
    /// The header with the kind of the event; empty where the body has it.
    pub event_header: String,
}

/// What the host does with a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// It is sent as it is.
    Token,
    /// It is a private key of RSA in PEM, with which the host signs JSON Web Tokens.
    JwtRs256 {
        /// The setting with the claim `iss`.
        issuer: String,
        /// The claim `exp` is so many seconds after a token was signed.
        lifetime_seconds: u32,
    },
}

/// A secret that the administrator gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// For readers.
    pub title: String,
    /// What the host does with it.
    pub kind: SecretKind,
}

/// The most that the provider takes of a check: characters, and a number of annotations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckLimits {
    /// Of its title.
    pub title: u32,
    /// Of its summary.
    pub summary: u32,
    /// Of the message of an annotation.
    pub message: u32,
    /// Annotations of one check, in however many requests they are sent.
    pub annotations: u32,
}

/// A step that an administrator takes at the provider to connect it, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// One line.
    pub title: String,
    /// What to do.
    pub text: String,
}

/// What a status of an integration is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusText {
    /// As in [`Health`].
    pub status: String,
    /// For readers.
    pub label: String,
    /// How to become active again; empty where nothing helps.
    pub fix: String,
}

/// What an adapter is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Such as `github`.
    pub id: String,
    /// For readers.
    pub title: String,
    /// How deliveries prove where they come from.
    pub webhook: WebhookAuth,
    /// What it can do beyond what all can; open.
    pub features: Vec<String>,
    /// A JSON Schema.
    pub settings_schema: String,
    /// What the administrator gives; the first one is the credential of every call.
    pub secrets: Vec<Secret>,
    /// The settings whose URLs name the hosts that it talks to.
    pub hosts: Vec<String>,
    /// The most that the provider takes of a check.
    pub limits: CheckLimits,
    /// Steps before the settings are known, in order.
    pub connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    pub configure: String,
    /// What statuses are called.
    pub statuses: Vec<StatusText>,
}

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

/// Something that the connection can be integrated with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// As in [`Health`].
    pub status: String,
    /// Where people see it.
    pub web_url: String,
}

/// A repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repository {
    /// The provider's id.
    pub id: String,
    /// Such as `acme/shop`.
    pub full_name: String,
    /// The branch that people see first.
    pub default_branch: String,
    /// Where people see it.
    pub web_url: String,
    /// Whether it takes no changes any more.
    pub archived: bool,
    /// Whether not everybody can see it.
    pub private: bool,
}

/// Some of many, and how to get the next ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<T> {
    /// The ones here.
    pub items: Vec<T>,
    /// The cursor of the next ones.
    pub next: Option<String>,
}

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pull {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who opened it.
    pub author: String,
    /// Whether it is still open.
    pub open: bool,
    /// The branch it comes from.
    pub head_ref: String,
    /// The commit it would bring in.
    pub head_sha: String,
    /// Where that branch is; empty where the fork is gone.
    pub head_repository: String,
    /// The branch it is for.
    pub base_ref: String,
    /// Where that branch stands.
    pub base_sha: String,
    /// Where people see it.
    pub web_url: String,
}

/// Whether a branch takes no change without our check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    /// Whether it is so.
    pub required: bool,
    /// How to make it so.
    pub how: String,
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

/// Where a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckState {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// It is done.
    Completed,
    /// There is a newer head.
    Superseded,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing stands against the change.
    Success,
    /// Something does.
    Failure,
}

/// A remark on lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// The first line, from 1.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// How much it matters.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// The rest.
    pub message: String,
}

/// A check as it ought to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The host's; finds it again.
    pub external_id: String,
    /// The commit.
    pub head_sha: String,
    /// What people see.
    pub name: String,
    /// Where it stands.
    pub state: CheckState,
    /// How it ended, where it did.
    pub conclusion: Option<Conclusion>,
    /// Where there is more to read; empty for nowhere.
    pub details_url: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks, the worst first.
    pub annotations: Vec<Annotation>,
    /// What was given as handle before.
    pub previous_handle: Option<String>,
}

/// What became of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    /// The provider's name for it.
    pub handle: String,
    /// How many annotations were taken.
    pub accepted: u32,
    /// Where people see it.
    pub web_url: String,
}
