//! Updates of integrations and their open pull requests from the provider.

use palisade_domain::{Account, Health, Page as Items, Repository};
use palisade_store::entity::source::RequiredCheck;
use palisade_store::job::{Reconcile, ScanSource};
use palisade_store::{
    CheckState, IntegrationStatus, Page, RepositoryState, Requirement, StoreError, Trigger, entity, now_ms,
};

use crate::adapter::{Adapter, Position};
use crate::check::NAME;
use crate::error::ServiceError;
use crate::evaluate::Done;
use crate::publish::wire;
use crate::service::Service;

/// The status of an account that the connection cannot access (any more).
pub(crate) const NOT_INSTALLED: &str = "not-installed";

/// The time before the expiry of a credential from which it is a warning, in milliseconds.
const SOON: i64 = 14 * 24 * 3_600_000;

/// A warning if the credential expires soon.
fn expiry(health: &Health, now: i64) -> Option<String> {
    let at = i64::try_from(health.expires_ms?).ok()?;
    let day = jiff::Timestamp::from_millisecond(at).ok()?.strftime("%Y-%m-%d").to_string();
    (at.saturating_sub(now) < SOON).then(|| {
        format!("the token expires on {day}: create a new one at the provider, and change the secret here")
    })
}

fn status(health: &Health) -> IntegrationStatus {
    match health.status.as_str() {
        "active" => IntegrationStatus::Active,
        NOT_INSTALLED => IntegrationStatus::NotInstalled,
        "suspended" => IntegrationStatus::Suspended,
        _ => IntegrationStatus::Error,
    }
}

impl Service {
    /// All integrations of a connection.
    pub(crate) async fn integrations_of(
        &self,
        connection: &str,
    ) -> Result<Vec<entity::integration::Model>, ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.integrations().of_connection(connection, &page).await;
        Ok(Page::every(list, |it| &it.id).await?)
    }

    /// All sources of an integration.
    pub(crate) async fn sources_of(
        &self,
        integration: &str,
    ) -> Result<Vec<entity::source::Model>, ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.sources().of_integration(integration, &page).await;
        Ok(Page::every(list, |it| &it.id).await?)
    }

    /// Updates an integration from the provider: its status, whether its repositories still exist, and whether their
    /// branches require our check.
    pub(crate) async fn refresh(&self, id: &str) -> Result<Done, ServiceError> {
        let store = &self.0.store;
        let integration = match store.integrations().get(id).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        let mut adapter = self.of_integration(&integration).await?;
        let mut health = self.health(&adapter).await;
        if health.as_ref().is_ok_and(|it| status(it) == IntegrationStatus::NotInstalled)
            && let Some(installed) = self.installed_again(&integration).await?
        {
            adapter = self.of_integration(&installed).await?;
            health = self.health(&adapter).await;
        }
        let health = match health {
            Ok(health) => health,
            Err(error) => return self.refuse(id, error).await,
        };
        let (before, now) = (integration.status, status(&health));
        store.integrations().set_status(id, now, &health.reason).await?;
        let mut warnings = health.warnings.clone();
        warnings.extend(expiry(&health, now_ms()));
        if now == IntegrationStatus::Active {
            match self.refresh_sources(&adapter, &integration).await {
                Ok(more) => warnings.extend(more),
                Err(error) => return self.refuse(id, error).await,
            }
            // After a suspension, or for a new integration, earlier changes are unknown.
            if before != IntegrationStatus::Active {
                for source in self.sources_of(id).await? {
                    let job = ScanSource { source: source.id, trigger: Trigger::Activated, slot: None };
                    self.enqueue(job).await?;
                }
                self.enqueue_alone(Reconcile { integration: id.to_owned() }, id).await?;
            }
        }
        store.integrations().set_warnings(id, &warnings).await?;
        Ok(Done::Whole)
    }

    /// Sets the reason why an integration does not work, unless the provider only asks for a pause.
    async fn refuse(&self, id: &str, error: ServiceError) -> Result<Done, ServiceError> {
        if error.pause().is_none() {
            let detail = error.to_string();
            self.0.store.integrations().set_status(id, IntegrationStatus::Error, &detail).await?;
        }
        Err(error)
    }

    /// Updates the repositories of an integration's sources, their webhooks, and whether their branches require our
    /// check. Returns warnings.
    async fn refresh_sources(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
    ) -> Result<Vec<String>, ServiceError> {
        let id = &integration.id;
        let sources = self.sources_of(id).await?;
        // Without a source, the repositories are not needed.
        let repositories = if sources.is_empty() { Vec::new() } else { self.all_repositories(id).await? };
        let mut warnings = Vec::new();
        for source in &sources {
            let repository = self.follow_repository(source, &repositories).await?;
            let state = if repository.is_some() { RepositoryState::Present } else { RepositoryState::Gone };
            if state != source.repository_state {
                self.0.store.sources().set_repository_state(&source.id, state).await?;
            }
            if !source.paused {
                warnings.extend(self.requirement(adapter, source, repository).await?);
            }
        }
        warnings.extend(self.ensure_hooks(adapter, integration).await?);
        Ok(warnings)
    }

    async fn health(&self, adapter: &Adapter) -> Result<Health, ServiceError> {
        adapter.read(adapter.provider.test_connection(&adapter.tenant).await)
    }

    /// Updates the account id of an integration that was removed and installed again; `None` if it was not.
    async fn installed_again(
        &self,
        integration: &entity::integration::Model,
    ) -> Result<Option<entity::integration::Model>, ServiceError> {
        let Some(found) = self.account(&integration.connection_id, &integration.account_name).await? else {
            return Ok(None);
        };
        if found.id == integration.account {
            return Ok(None);
        }
        tracing::info!(account = %found.name, was = %integration.account, is = %found.id, "the integration was installed again");
        self.0.store.integrations().set_account(&integration.id, &found.id).await?;
        self.forget_credentials();
        Ok(Some(self.0.store.integrations().get(&integration.id).await?))
    }

    /// Lists the accounts of a connection, one page at a time.
    pub(crate) async fn accounts_of(
        &self,
        connection: &str,
        cursor: Option<&str>,
    ) -> Result<Items<Account>, ServiceError> {
        let connection = self.0.store.connections().get(connection).await?;
        let adapter = self.of_connection(&connection).await?;
        let answer = adapter.provider.accounts(&adapter.tenant, cursor).await;
        adapter.read(answer)
    }

    /// Returns the account with this id or name.
    pub(crate) async fn account(
        &self,
        connection: &str,
        wanted: &str,
    ) -> Result<Option<Account>, ServiceError> {
        let mut position = Position::start("accounts");
        loop {
            let page = self.accounts_of(connection, position.cursor()).await?;
            let mut items = page.items.iter();
            let found = items.find(|it| it.id == wanted || it.name.eq_ignore_ascii_case(wanted)).cloned();
            if found.is_some() || !position.advance(page.next, page.items.iter().map(|it| it.id.as_str()))? {
                return Ok(found);
            }
        }
    }

    /// Finds the repository of a source among those of its integration: by the provider's id, which is preserved when a
    /// repository is renamed or transferred, or by its name if no id is known yet.
    async fn follow_repository<'a>(
        &self,
        source: &entity::source::Model,
        repositories: &'a [Repository],
    ) -> Result<Option<&'a Repository>, ServiceError> {
        let sources = self.0.store.sources();
        let by_name = repositories.iter().find(|it| it.full_name == source.repository);
        if source.repository_id.is_empty() {
            if let Some(found) = by_name {
                sources.set_repository_id(&source.id, &found.id).await?;
            }
            return Ok(by_name);
        }
        let found = repositories.iter().find(|it| it.id == source.repository_id);
        if let Some(found) = found.filter(|it| it.full_name != source.repository) {
            tracing::info!(was = %source.repository, is = %found.full_name, "a repository was renamed");
            let (old, new) = (&source.repository, &found.full_name);
            sources.rename_repository(&source.integration_id, old, new).await?;
            let job = Reconcile { integration: source.integration_id.clone() };
            self.enqueue_alone(job, &source.integration_id).await?;
        }
        Ok(found)
    }

    pub(crate) async fn all_repositories(&self, integration: &str) -> Result<Vec<Repository>, ServiceError> {
        let (mut all, mut position) = (Vec::new(), Position::start("repositories"));
        loop {
            let page = self.repositories_of(integration, position.cursor()).await?;
            let more = position.advance(page.next, page.items.iter().map(|it| it.id.as_str()))?;
            all.extend(page.items);
            if !more {
                return Ok(all);
            }
        }
    }

    /// Returns a warning if the default branch of a source's repository accepts changes without our check.
    async fn requirement(
        &self,
        adapter: &Adapter,
        source: &entity::source::Model,
        repository: Option<&Repository>,
    ) -> Result<Option<String>, ServiceError> {
        let Some(repository) = repository else {
            return Ok(Some(format!(
                "`{}` is not accessible: it was deleted or archived, or the account has no access any more",
                source.repository
            )));
        };
        if repository.archived {
            return Ok(Some(format!("`{}` is archived and takes no changes", source.repository)));
        }
        let branch = &repository.default_branch;
        let answer = adapter.provider.requirement(&adapter.tenant, &repository.full_name, branch, NAME).await;
        let requirement = match adapter.read(answer) {
            Ok(requirement) => requirement,
            Err(error) if error.pause().is_some() => return Err(error),
            Err(error) => return Ok(Some(format!("`{}`: {error}", source.repository))),
        };
        let state = if requirement.required { Requirement::Required } else { Requirement::NotRequired };
        let kept = RequiredCheck { state, branch: Some(branch.clone()), how: Some(requirement.how.clone()) };
        self.0.store.sources().set_required_check(&source.id, &kept).await?;
        Ok((!requirement.required).then(|| {
            format!(
                "branch `{branch}` of `{}` takes changes without our check: {}",
                source.repository, requirement.how
            )
        }))
    }

    /// Lists the repositories of an integration, one page at a time.
    pub(crate) async fn repositories_of(
        &self,
        integration: &str,
        cursor: Option<&str>,
    ) -> Result<Items<Repository>, ServiceError> {
        let integration = self.0.store.integrations().get(integration).await?;
        let adapter = self.of_integration(&integration).await?;
        let answer = adapter.provider.repositories(&adapter.tenant, cursor).await;
        adapter.read(answer)
    }

    /// Compares open pull requests with the provider, and queues evaluations of those that differ.
    pub(crate) async fn reconcile(&self, id: &str) -> Result<Done, ServiceError> {
        let store = &self.0.store;
        let integration = match store.integrations().get(id).await {
            Err(StoreError::NotFound { .. }) => return Ok(Done::Whole),
            other => other?,
        };
        if integration.status != IntegrationStatus::Active {
            return Ok(Done::Whole);
        }
        let adapter = self.of_integration(&integration).await?;
        let mut repositories: Vec<String> =
            self.sources_of(id).await?.into_iter().filter(|it| !it.paused).map(|it| it.repository).collect();
        repositories.sort();
        repositories.dedup();
        for repository in repositories {
            let (mut open, mut position) = (Vec::new(), Position::start("pull requests"));
            loop {
                let answer =
                    adapter.provider.open_pulls(&adapter.tenant, &repository, position.cursor()).await;
                let page = adapter.read(answer)?;
                let more = position.advance(page.next, page.items.iter().map(|it| it.id.as_str()))?;
                open.extend(page.items);
                if !more {
                    break;
                }
            }
            for pull in &open {
                let Ok(number) = pull.id.parse::<i64>() else { continue };
                let known = store.pulls().by_number(id, &repository, number).await?;
                // A pending evaluation will use the current state. A second job for it would reset the count of
                // crashes.
                let same = known.is_some_and(|it| {
                    let waits = it.done_seq < it.dirty_seq;
                    waits || it.open && it.head_sha == pull.head_sha && it.base_ref == pull.base_ref
                });
                if same {
                    self.inspect(&adapter, id, &repository, &pull.head_sha).await?;
                } else {
                    store.pulls().touch(id, &repository, number).await?;
                }
            }
            for known in store.pulls().open(id, &repository).await? {
                if !open.iter().any(|it| it.id == known.number.to_string()) {
                    store.pulls().touch(id, &repository, known.number).await?;
                }
            }
        }
        Ok(Done::Whole)
    }

    /// Publishes the completed checks of a commit again if others have changed them at the provider.
    async fn inspect(
        &self,
        adapter: &Adapter,
        integration: &str,
        repository: &str,
        head: &str,
    ) -> Result<(), ServiceError> {
        for row in self.0.store.checks().of_commit(integration, repository, head).await? {
            if row.state != CheckState::Completed || row.published_seq < row.seq {
                continue;
            }
            let check = wire(&row, self.details(&row));
            let answer = adapter.provider.inspect(&adapter.tenant, repository, &check).await;
            let changes = adapter.read(answer)?;
            if !changes.is_empty() {
                tracing::warn!(
                    repository,
                    head,
                    ?changes,
                    "a check was changed by others and is published again"
                );
                self.0.store.checks().overwritten(&row.id, &changes).await?;
            }
        }
        Ok(())
    }
}
