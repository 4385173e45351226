//! GitLab.com and GitLab Self-Managed, through the access token of a user.
//!
//! Sources: GitLab's API documentation and description, and the payloads that others publish. Pitfalls: a disabled
//! webhook cannot be enabled, only created again; servers that do not sign deliveries ignore the key; a status belongs to
//! a pipeline, and GitLab decides by the latest one; the project of a fork is named only by its ID.

mod api;
mod changes;
mod check;
mod connection;
mod content;
mod delivery;
mod discussions;
mod event;
mod external;
mod hint;
mod hooks;
mod inspect;
mod position;
mod pulls;
mod repositories;
mod requirement;
mod settings;
mod status;
mod tree;
mod writes;

use palisade_sdk::CallError;
use palisade_sdk::provider::{
    Account, ChangePage, Check, Content, Credential, Delivery, Health, HookPlace, Host, Info, NewCommit,
    NewPull, Page, Provider, Published, Pull, Repository, Requirement, Secret, SecretKind, Understood,
    Webhook, WebhookAuth,
};

use crate::api::Api;
pub use crate::delivery::understand;

/// The adapter.
pub struct GitLab;

impl Provider for GitLab {
    fn describe(&self) -> Info {
        let auth = |scheme: &str, header: &str, id_header: &str, time_header: &str| WebhookAuth {
            scheme: scheme.to_owned(),
            header: header.to_owned(),
            prefix: String::new(),
            id_header: id_header.to_owned(),
            time_header: time_header.to_owned(),
        };
        Info {
            id: "gitlab".to_owned(),
            title: "GitLab".to_owned(),
            webhook: Webhook {
                // <https://docs.gitlab.com/user/project/integrations/webhooks/#signing-tokens>
                auth: vec![
                    auth("standard-webhooks", "webhook-signature", "webhook-id", "webhook-timestamp"),
                    auth("token", "X-Gitlab-Token", "", ""),
                ],
                id_headers: delivery::IDS.map(str::to_owned).into(),
                id_fields: Vec::new(),
                event_header: "X-Gitlab-Event".to_owned(),
                per_repository: true,
            },
            features: ["annotations", "rerun"].map(str::to_owned).into(),
            settings_schema: settings::schema(),
            secrets: vec![Secret {
                name: "token".to_owned(),
                title: "Access token (personal, group or project)".to_owned(),
                kind: SecretKind::Token,
            }],
            permissions: connection::permissions(),
            hosts: vec!["url".to_owned()],
            limits: check::LIMITS,
            connect: connection::steps(),
            configure: "Open in GitLab".to_owned(),
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

    /// Deliveries are listed by webhook, so there would be a list for each project; the host reads open merge requests
    /// instead.
    fn redeliver(&self, _host: &dyn Host, _since_ms: u64) -> Result<u32, CallError> {
        Ok(0)
    }

    fn publish(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Published, CallError> {
        check::publish(&Api::new(host)?, repository, check)
    }

    fn inspect(&self, host: &dyn Host, repository: &str, check: &Check) -> Result<Vec<String>, CallError> {
        inspect::inspect(&Api::new(host)?, repository, check)
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
        writes::create_branch(&Api::new(host)?, repository, branch, commit)
    }

    fn create_commit(
        &self,
        host: &dyn Host,
        repository: &str,
        commit: &NewCommit,
    ) -> Result<String, CallError> {
        writes::create_commit(&Api::new(host)?, repository, commit)
    }

    fn create_pull(&self, host: &dyn Host, repository: &str, pull: &NewPull) -> Result<Pull, CallError> {
        writes::create_pull(&Api::new(host)?, repository, pull)
    }
}

palisade_sdk::export_provider!(GitLab);
