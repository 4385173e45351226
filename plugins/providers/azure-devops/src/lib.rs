//! Azure DevOps Services and Azure DevOps Server, through a personal access token of one organization.
//!
//! Sources: Microsoft's descriptions of the API (version 7.1) with their examples, and its documentation, which is named
//! where a fact is used. Pitfalls: an invalid token may be answered with a sign-in page and a success, enumerations are
//! names or numbers, and deliveries are not signed: they are authenticated by a password.

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
mod policy;
mod pulls;
mod repositories;
mod settings;
mod threads;
mod words;

use palisade_sdk::CallError;
use palisade_sdk::provider::{
    Account, ChangePage, Check, Content, Credential, Delivery, Health, HookPlace, Host, Info, NewCommit,
    NewPull, Page, Provider, Published, Pull, Repository, Requirement, Secret, SecretKind, Understood,
    Webhook, WebhookAuth,
};

use crate::api::Api;
pub use crate::delivery::understand;

/// The adapter.
pub struct AzureDevOps;

impl Provider for AzureDevOps {
    fn describe(&self) -> Info {
        Info {
            id: "azure-devops".to_owned(),
            title: api::TITLE.to_owned(),
            webhook: Webhook {
                // Deliveries have no signature. The user name is not compared; the secret is the password.
                // <https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks>
                auth: vec![WebhookAuth {
                    scheme: "basic".to_owned(),
                    header: "Authorization".to_owned(),
                    prefix: String::new(),
                    id_header: String::new(),
                    time_header: String::new(),
                }],
                id_headers: Vec::new(),
                // A notification is numbered within its subscription.
                id_fields: ["/subscriptionId", "/notificationId"].map(str::to_owned).into(),
                event_header: String::new(),
                per_repository: true,
            },
            features: ["annotations", "rerun"].map(str::to_owned).into(),
            settings_schema: settings::schema(),
            secrets: vec![Secret {
                name: "token".to_owned(),
                title: "Personal access token of the organization".to_owned(),
                kind: SecretKind::Token,
            }],
            permissions: connection::permissions(),
            hosts: vec!["url".to_owned()],
            limits: check::LIMITS,
            connect: connection::steps(),
            configure: "Configure in Azure DevOps".to_owned(),
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
        Ok(connection::accounts(&Api::new(host)?))
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
        policy::requirement(&Api::new(host)?, repository, branch, check)
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
        pulls::merge_base(&Api::new(host)?, repository, head, base, pull)
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

    fn redeliver(&self, _host: &dyn Host, _since_ms: u64) -> Result<u32, CallError> {
        // The API lists notifications, and has no operation that sends one again.
        // <https://learn.microsoft.com/rest/api/azure/devops/hooks/notifications>
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

palisade_sdk::export_provider!(AzureDevOps);
