//! GitHub and GitHub Enterprise Server, through a GitHub App.
//!
//! Sources: GitHub's REST description and webhook schemas, and the payloads that it publishes with them. Pitfalls: a
//! time may be a number or a string, the head of a pull request has no repository after its fork was deleted, and a
//! check suite of a fork names no pull request, so only the `pull_request` event is used for pull requests.

mod api;
mod changes;
mod check;
mod connection;
mod content;
mod create;
mod delivery;
mod event;
mod hint;
mod hooks;
mod pulls;
mod repositories;
mod settings;

use palisade_sdk::CallError;
use palisade_sdk::provider::{
    Account, ChangePage, Check, Content, Credential, Delivery, Health, HookPlace, Host, Info, Jwt, NewCommit,
    NewPull, Page, Provider, Published, Pull, Repository, Requirement, Secret, SecretKind, Understood,
    Webhook, WebhookAuth,
};

use crate::api::Api;
pub use crate::delivery::understand;

/// The adapter.
pub struct GitHub;

impl Provider for GitHub {
    fn describe(&self) -> Info {
        Info {
            id: "github".to_owned(),
            title: "GitHub".to_owned(),
            webhook: Webhook {
                auth: vec![WebhookAuth {
                    scheme: "hmac-sha256".to_owned(),
                    header: "X-Hub-Signature-256".to_owned(),
                    prefix: "sha256=".to_owned(),
                    id_header: String::new(),
                    time_header: String::new(),
                }],
                id_headers: vec!["X-GitHub-Delivery".to_owned()],
                id_fields: Vec::new(),
                event_header: "X-GitHub-Event".to_owned(),
                // The App has one webhook for all repositories.
                per_repository: false,
            },
            features: ["accounts", "annotations", "rerun", "redeliver", "threat-detection"]
                .map(str::to_owned)
                .into(),
            settings_schema: settings::schema(),
            secrets: vec![Secret {
                name: "private-key".to_owned(),
                title: "Private key of the GitHub App (PEM)".to_owned(),
                // GitHub accepts a lifetime of at most 600 s.
                // <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
                kind: SecretKind::JwtRs256(Jwt { issuer: "app_id".to_owned(), lifetime_seconds: 540 }),
            }],
            permissions: connection::permissions(),
            hosts: ["api_url", "web_url", "archive_url"].map(str::to_owned).into(),
            limits: check::LIMITS,
            connect: connection::steps(),
            configure: "Configure in GitHub".to_owned(),
            statuses: connection::statuses(),
        }
    }

    fn understand(&self, delivery: Delivery<'_>) -> Result<Understood, CallError> {
        understand(delivery)
    }

    fn test_connection(&self, host: &dyn Host) -> Result<Health, CallError> {
        connection::test(&Api::new(host)?)
    }

    fn accounts(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Account>, CallError> {
        connection::accounts(&Api::new(host)?, cursor)
    }

    fn repositories(&self, host: &dyn Host, cursor: Option<&str>) -> Result<Page<Repository>, CallError> {
        repositories::repositories(&Api::new(host)?, cursor)
    }

    fn branches(
        &self,
        host: &dyn Host,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        repositories::branches(&Api::new(host)?, repository, cursor)
    }

    fn folders(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        folder: &str,
    ) -> Result<Option<Page<String>>, CallError> {
        repositories::folders(&Api::new(host)?, repository, branch, folder)
    }

    fn requirement(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        check: &str,
    ) -> Result<Requirement, CallError> {
        repositories::requirement(&Api::new(host)?, repository, branch, check)
    }

    fn open_pulls(
        &self,
        host: &dyn Host,
        repository: &str,
        cursor: Option<&str>,
    ) -> Result<Page<Pull>, CallError> {
        pulls::open(&Api::new(host)?, repository, cursor)
    }

    fn pull(&self, host: &dyn Host, repository: &str, id: &str) -> Result<Option<Pull>, CallError> {
        pulls::pull(&Api::new(host)?, repository, id)
    }

    fn pulls_of_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &str,
    ) -> Result<Vec<Pull>, CallError> {
        pulls::of_commit(&Api::new(host)?, repository, commit)
    }

    fn merge_base(
        &self,
        host: &dyn Host,
        repository: &str,
        head: &str,
        base: &str,
        _pull: Option<&str>,
    ) -> Result<Option<String>, CallError> {
        pulls::merge_base(&Api::new(host)?, repository, head, base)
    }

    fn branch(&self, host: &dyn Host, repository: &str, branch: &str) -> Result<Option<String>, CallError> {
        repositories::branch(&Api::new(host)?, repository, branch)
    }

    fn content(
        &self,
        host: &dyn Host,
        repository: &str,
        want: &[String],
        archive: bool,
    ) -> Result<Content, CallError> {
        content::content(&Api::new(host)?, repository, want, archive)
    }

    fn ensure_hook(
        &self,
        host: &dyn Host,
        place: &HookPlace,
        url: &str,
        secret: Credential,
    ) -> Result<Vec<String>, CallError> {
        hooks::ensure(&Api::new(host)?, place, url, secret)
    }

    fn remove_hook(&self, host: &dyn Host, place: &HookPlace, url: &str) -> Result<Vec<String>, CallError> {
        hooks::remove(&Api::new(host)?, place, url)
    }

    fn redeliver(&self, host: &dyn Host, since_ms: u64) -> Result<u32, CallError> {
        hooks::redeliver(&Api::new(host)?, since_ms)
    }

    fn publish(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Published, CallError> {
        check::publish(&Api::new(host)?, repository, check)
    }

    /// Only the App that created a check run can change it.
    /// <https://docs.github.com/en/rest/checks/runs>
    fn inspect(&self, _host: &dyn Host, _repository: &str, _check: &Check) -> Result<Vec<String>, CallError> {
        Ok(Vec::new())
    }

    fn changes(
        &self,
        host: &dyn Host,
        repository: &str,
        base: &str,
        head: &str,
        cursor: Option<&str>,
    ) -> Result<ChangePage, CallError> {
        changes::changes(&Api::new(host)?, repository, base, head, cursor)
    }

    fn create_branch(
        &self,
        host: &dyn Host,
        repository: &str,
        branch: &str,
        commit: &str,
    ) -> Result<(), CallError> {
        create::branch(&Api::new(host)?, repository, branch, commit)
    }

    fn create_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &NewCommit,
    ) -> Result<String, CallError> {
        create::commit(&Api::new(host)?, repository, commit)
    }

    fn create_pull(&self, host: &dyn Host, repository: &str, pull: &NewPull) -> Result<Pull, CallError> {
        create::pull(&Api::new(host)?, repository, pull)
    }
}

palisade_sdk::export_provider!(GitHub);
