//! What a Git host has and is told, whichever it is; see `palisade:provider`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::severity::Severity;

/// Why a provider did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// It refused.
    #[error("denied: {0}")]
    Denied(String),
    /// The question makes no sense.
    #[error("invalid input: {0}")]
    InvalidInput(String),
    /// It did not answer; trying again later may help.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// It asks to wait, for so many seconds where it says how many.
    #[error("the provider asks to wait{}", .0.map(|it| format!(" {it} s")).unwrap_or_default())]
    RateLimited(Option<u64>),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// How deliveries of a provider prove where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecretKind {
    /// It is sent as it is.
    Token,
    /// It is a private key of RSA in PEM, with which JSON Web Tokens are signed.
    JwtRs256 {
        /// The setting with the claim `iss`.
        issuer: String,
        /// The claim `exp` is so many seconds after a token was signed.
        lifetime_seconds: u32,
    },
}

/// A secret that a provider needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretNeed {
    /// Name.
    pub name: String,
    /// For readers.
    pub title: String,
    /// What the host does with it.
    pub kind: SecretKind,
}

/// The most that a provider takes of a check: characters, and a number of annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckLimits {
    /// Of its title.
    pub title: u32,
    /// Of its summary.
    pub summary: u32,
    /// Of the message of an annotation.
    pub message: u32,
    /// Annotations of one check.
    pub annotations: u32,
}

/// A step that an administrator takes at a provider to connect it, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// One line.
    pub title: String,
    /// What to do.
    pub text: String,
}

/// What a status of an integration is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusText {
    /// As in [`Health`].
    pub status: String,
    /// For readers.
    pub label: String,
    /// How to become active again; empty where nothing helps.
    pub fix: String,
}

/// What an adapter says it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderInfo {
    /// Its id, such as `github`.
    pub id: String,
    /// For readers.
    pub title: String,
    /// How its deliveries prove where they come from.
    pub webhook: WebhookAuth,
    /// What it can do beyond what every provider can; open.
    pub features: Vec<String>,
    /// A JSON Schema of its settings.
    pub settings_schema: String,
    /// The secrets that it needs.
    pub secrets: Vec<SecretNeed>,
    /// The settings whose URLs name the hosts that it talks to.
    pub hosts: Vec<String>,
    /// The most that it takes of a check.
    pub limits: CheckLimits,
    /// Steps before the settings are known, in order.
    pub connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    pub configure: String,
    /// What statuses are called.
    pub statuses: Vec<StatusText>,
}

impl ProviderInfo {
    /// What a status is called; none where the adapter has no words for it.
    pub fn status(&self, status: &str) -> Option<&StatusText> {
        self.statuses.iter().find(|it| it.status == status)
    }
}

/// A commit that a merge queue wants checked before it becomes the branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeGroup {
    /// The repository's full name.
    pub repository: String,
    /// The commit.
    pub head_sha: String,
    /// Where the branch stands without it.
    pub base_sha: String,
    /// The branch.
    pub base_ref: String,
}

/// What the host ought to look at again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hint {
    /// A pull request.
    Pull {
        /// The repository's full name.
        repository: String,
        /// Its number.
        id: String,
        /// Its head as the delivery has it; empty where it does not say.
        head_sha: String,
        /// Its target as the delivery has it; empty where it does not say.
        base_ref: String,
    },
    /// A merge queue wants a commit checked.
    MergeGroup(MergeGroup),
    /// The checks of a commit are wanted again.
    Rerun {
        /// The repository's full name.
        repository: String,
        /// The commit.
        head_sha: String,
        /// Our id of the one check that is meant.
        external_id: Option<String>,
    },
    /// The integration itself.
    Integration,
    /// Which repositories there are.
    Repositories,
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The provider's id.
    pub id: String,
    /// The name.
    pub login: String,
    /// `user`, `bot`, `organization`; open.
    pub kind: String,
}

/// Something that happened at a provider, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderEvent {
    /// The delivery's id.
    pub id: String,
    /// Which provider.
    pub provider: String,
    /// Such as `repository`.
    pub kind: String,
    /// Such as `publicized`.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// Where.
    pub organization: String,
    /// In which repository; empty for none.
    pub repository: String,
    /// Whether everybody can see that repository.
    pub public: Option<bool>,
    /// Unix milliseconds; 0 where it is not known.
    pub occurred_ms: u64,
    /// Names and values.
    pub properties: Vec<(String, String)>,
    /// The provider's own JSON.
    pub payload: String,
}

/// What a delivery means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// Whose it is; empty where it does not say.
    pub account: String,
    /// What to look at again.
    pub hints: Vec<Hint>,
    /// What happened.
    pub events: Vec<ProviderEvent>,
}

/// How an integration stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Something that a connection can be integrated with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The provider's id.
    pub id: String,
    /// Name.
    pub name: String,
    /// As in [`Health`].
    pub status: String,
    /// Where people see it.
    pub web_url: String,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The ones here.
    pub items: Vec<T>,
    /// The cursor of the next ones.
    pub next: Option<String>,
}

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Whether it is so.
    pub required: bool,
    /// How to make it so.
    pub how: String,
}

/// Where a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Nothing stands against the change.
    Success,
    /// Something does.
    Failure,
}

/// A remark on lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Ours; finds it again.
    pub external_id: String,
    /// The commit.
    pub head_sha: String,
    /// What people see.
    pub name: String,
    /// Where it stands.
    pub state: CheckState,
    /// How it ended, where it did.
    pub conclusion: Option<Conclusion>,
    /// Where there is more to read.
    pub details_url: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// Remarks, the worst first.
    pub annotations: Vec<Annotation>,
    /// What the provider called it before.
    pub previous_handle: Option<String>,
}

/// What a provider made of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// What it calls it.
    pub handle: String,
    /// How many annotations it took.
    pub accepted: u32,
    /// Where people see it.
    pub web_url: String,
}
