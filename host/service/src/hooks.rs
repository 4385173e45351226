//! Webhooks at providers: created, repaired and removed.

use std::collections::BTreeSet;

use palisade_capabilities::Credential;
use palisade_domain::HookPlace;
use palisade_store::{RepositoryState, entity, now_ms};

use crate::adapter::{Adapter, CONNECTION, WEBHOOK};
use crate::error::ServiceError;
use crate::service::Service;

/// The time for which a webhook counts as working after it was ensured, in milliseconds. An integration may be refreshed
/// more often.
const FRESH: i64 = 10 * 60_000;

impl Service {
    /// The URL to which the provider sends deliveries of a connection.
    pub(crate) fn hook_url(&self, connection: &str) -> String {
        self.0.options.page(&format!("hooks/{connection}"))
    }

    /// Returns the secret of a connection's webhooks, and the time at which it was set, in Unix milliseconds.
    async fn hook_secret(&self, connection: &str) -> Result<(Credential, i64), ServiceError> {
        let found = self.0.store.secret_with_time(CONNECTION, connection, WEBHOOK).await?;
        let (secret, at) =
            found.ok_or_else(|| ServiceError::invalid("secrets", format!("`{WEBHOOK}` is missing")))?;
        Ok((Credential::fixed(WEBHOOK, secret), at))
    }

    /// Ensures the webhook of a connection as a whole. Returns what could not be repaired.
    pub(crate) async fn ensure_connection_hook(
        &self,
        connection: &entity::connection::Model,
    ) -> Result<Vec<String>, ServiceError> {
        let adapter = self.of_connection(connection).await?;
        let (secret, _) = self.hook_secret(&connection.id).await?;
        let url = self.hook_url(&connection.id);
        let place = HookPlace::Connection;
        adapter.read(adapter.provider.ensure_hook(&adapter.tenant, &place, &url, &secret).await)
    }

    /// Removes the webhook of a connection as a whole, if its provider has one. Returns what remains at the provider, which
    /// may not respond.
    pub(crate) async fn remove_connection_hook(&self, connection: &entity::connection::Model) -> Vec<String> {
        let url = self.hook_url(&connection.id);
        let removed = async {
            let adapter = self.of_connection(connection).await?;
            if adapter.hooks_repositories {
                return Ok(Vec::new());
            }
            adapter.read(adapter.provider.remove_hook(&adapter.tenant, &HookPlace::Connection, &url).await)
        };
        let removed: Result<Vec<String>, ServiceError> = removed.await;
        removed.unwrap_or_else(|error| {
            vec![format!("the webhook that sends to `{url}` could not be removed: {error}")]
        })
    }

    /// Ensures that each repository with an active source has its webhook, and that no other repository has one of this
    /// integration. Returns what could not be created, repaired or removed.
    pub(crate) async fn ensure_hooks(
        &self,
        adapter: &Adapter,
        integration: &entity::integration::Model,
    ) -> Result<Vec<String>, ServiceError> {
        if !adapter.hooks_repositories {
            return Ok(Vec::new());
        }
        let lock = self.one_at_a_time(format!("hooks of {}", integration.id));
        let _held = lock.lock().await;
        let hooks = self.0.store.hooks();
        let sources = self.sources_of(&integration.id).await?;
        let active = sources.iter().filter(|it| !it.paused && it.repository_state != RepositoryState::Gone);
        let wanted: BTreeSet<&str> = active.map(|it| it.repository.as_str()).collect();
        let known = hooks.of_integration(&integration.id).await?;
        let (secret, changed_at) = self.hook_secret(&integration.connection_id).await?;
        let url = self.hook_url(&integration.connection_id);
        let mut all = Vec::new();
        for repository in &wanted {
            let before = known.iter().find(|it| it.repository == **repository);
            let is_fresh = before.is_some_and(|it| {
                let works = it.problems.is_empty() && it.ensured_at > changed_at;
                works && now_ms().saturating_sub(it.ensured_at) < FRESH
            });
            if is_fresh {
                continue;
            }
            hooks.begin(&integration.id, repository).await?;
            let place = HookPlace::Repository((*repository).to_owned());
            let answer = adapter.provider.ensure_hook(&adapter.tenant, &place, &url, &secret).await;
            let problems = match adapter.read(answer) {
                Ok(problems) => problems,
                Err(error) if error.pause().is_some() => return Err(error),
                Err(error) => vec![format!("the webhook of `{repository}` cannot be created: {error}")],
            };
            hooks.ensured(&integration.id, repository, &problems).await?;
            all.extend(problems);
        }
        for hook in known.iter().filter(|it| !wanted.contains(it.repository.as_str())) {
            all.extend(self.remove_hook(adapter, hook, &url).await?);
        }
        Ok(all)
    }

    /// Removes the webhook of a repository. Returns what remains.
    async fn remove_hook(
        &self,
        adapter: &Adapter,
        hook: &entity::hook::Model,
        url: &str,
    ) -> Result<Vec<String>, ServiceError> {
        let (integration, repository) = (&hook.integration_id, &hook.repository);
        let place = HookPlace::Repository(repository.clone());
        let answer = adapter.provider.remove_hook(&adapter.tenant, &place, url).await;
        let remaining = match adapter.read(answer) {
            Ok(remaining) => remaining,
            Err(error) if error.pause().is_some() => return Err(error),
            Err(error) => vec![format!("the webhook of `{repository}` cannot be removed: {error}")],
        };
        if remaining.is_empty() {
            self.0.store.hooks().removed(integration, repository).await?;
        } else {
            self.0.store.hooks().ensured(integration, repository, &remaining).await?;
        }
        Ok(remaining)
    }

    /// Removes all webhooks of an integration. Returns what remains at the provider: a provider that does not respond
    /// does not prevent the deletion of an integration.
    pub(crate) async fn remove_hooks(
        &self,
        integration: &entity::integration::Model,
    ) -> Result<Vec<String>, ServiceError> {
        let lock = self.one_at_a_time(format!("hooks of {}", integration.id));
        let _held = lock.lock().await;
        let known = self.0.store.hooks().of_integration(&integration.id).await?;
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let url = self.hook_url(&integration.connection_id);
        let adapter = match self.of_integration(integration).await {
            Ok(adapter) => adapter,
            Err(error) => return Ok(known.iter().map(|hook| remains(hook, &url, &error)).collect()),
        };
        let mut all = Vec::new();
        for hook in &known {
            match self.remove_hook(&adapter, hook, &url).await {
                Ok(remaining) => all.extend(remaining),
                Err(error) => all.push(remains(hook, &url, &error)),
            }
        }
        Ok(all)
    }
}

/// The webhook of a repository that could not be removed.
fn remains(hook: &entity::hook::Model, url: &str, error: &ServiceError) -> String {
    format!("the webhook of `{}` that sends to `{url}` could not be removed: {error}", hook.repository)
}
