//! Bitbucket Cloud, through an API token of an account, or an access token of a workspace, a project or a repository.
//!
//! Sources: Bitbucket's REST description, and payloads that projects have recorded. Pitfalls: commits of pull requests
//! and of deliveries have hashes of 12 characters; commits of a fork are not in the target repository, so that their
//! build status and report are in the fork, where Bitbucket does not count them for the pull request; a build status
//! belongs to the pull requests of its branch; deliveries of more than 256 KB are not sent, so that the host must look
//! for changes itself (<https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>); and Bitbucket has no
//! queue of merges.
//!
//! Bitbucket Data Center is not supported: it has another API (REST 1.0, with other paths, objects, pages, permissions
//! and limits) and other events, so that an adapter for it would share almost no code with this one.
//! <https://developer.atlassian.com/server/bitbucket/rest/>

mod api;
mod base;
mod changes;
mod check;
mod connection;
mod content;
mod create;
mod delivery;
mod diff;
mod event;
mod hint;
mod hooks;
mod names;
mod pulls;
mod report;
mod repositories;
mod requirement;
mod settings;
mod status;
mod steps;
mod summary;

use palisade_sdk::CallError;
use palisade_sdk::provider::{
    Account, ChangePage, Check, Content, Credential, Delivery, Health, HookPlace, Host, Info, NewCommit,
    NewPull, Page, Provider, Published, Pull, Repository, Requirement, Secret, SecretKind, Understood,
    Webhook, WebhookAuth,
};

use crate::api::Api;
pub use crate::delivery::understand;

/// The adapter.
pub struct Bitbucket;

impl Provider for Bitbucket {
    fn describe(&self) -> Info {
        Info {
            id: "bitbucket".to_owned(),
            title: api::TITLE.to_owned(),
            webhook: Webhook {
                // <https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>
                auth: vec![WebhookAuth {
                    scheme: "hmac-sha256".to_owned(),
                    header: "X-Hub-Signature".to_owned(),
                    prefix: "sha256=".to_owned(),
                    id_header: String::new(),
                    time_header: String::new(),
                }],
                id_headers: vec!["X-Request-UUID".to_owned()],
                id_fields: Vec::new(),
                event_header: "X-Event-Key".to_owned(),
                per_repository: true,
            },
            features: ["accounts", "annotations", "rerun", "fetch-forks", "threat-detection"]
                .map(str::to_owned)
                .into(),
            settings_schema: settings::schema(),
            secrets: vec![Secret {
                name: "token".to_owned(),
                title: "API token or access token".to_owned(),
                kind: SecretKind::Token,
            }],
            permissions: connection::permissions(),
            hosts: ["api_url", "web_url"].map(str::to_owned).into(),
            limits: report::LIMITS,
            connect: steps::steps(),
            configure: "Configure in Bitbucket".to_owned(),
            statuses: connection::statuses(),
        }
    }

    fn understand(&self, delivery: Delivery<'_>) -> Result<Understood, CallError> {
        understand(delivery)
    }

    fn test_connection(&self, host: &dyn Host) -> Result<Health, CallError> {
        connection::test(&Api::new(host)?)
    }

    fn accounts(&self, host: &dyn Host, _cursor: Option<&str>) -> Result<Page<Account>, CallError> {
        connection::accounts(&Api::new(host)?)
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
        requirement::requirement(&Api::new(host)?, repository, branch, check)
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
        pull: Option<&str>,
    ) -> Result<Option<String>, CallError> {
        base::merge_base(&Api::new(host)?, repository, head, base, pull)
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

    /// Bitbucket's API has no deliveries of webhooks.
    fn redeliver(&self, _host: &dyn Host, _since_ms: u64) -> Result<u32, CallError> {
        Ok(0)
    }

    fn publish(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Published, CallError> {
        check::publish(&Api::new(host)?, repository, check)
    }

    fn inspect(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Vec<String>, CallError> {
        check::inspect(&Api::new(host)?, repository, check)
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

palisade_sdk::export_provider!(Bitbucket);
