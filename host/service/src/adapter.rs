//! Calls of a provider's adapter for a connection or an integration.

use std::collections::HashSet;
use std::sync::Arc;

use palisade_capabilities::{Credential, LogLevel, LogLine, Moment, SettingsText, Vault};
use palisade_catalog::Role;
use palisade_domain::{CallError, CheckLimits, ProviderInfo, Pull, SecretKind};
use palisade_outbound::{Gate, Grant, SignedToken};
use palisade_sandbox::{Call, Provider, Reach, Tenant};
use palisade_store::{entity, now_ms};
use serde_json::Value;

use crate::error::ServiceError;
use crate::gate::{IntegrationGate, StoredMemory};
use crate::lock::lock;
use crate::service::Service;

/// An adapter, and the connection or integration that it is called for.
pub(crate) struct Adapter {
    pub(crate) name: String,
    pub(crate) provider: Provider,
    pub(crate) tenant: Tenant,
    /// The hosts that it may contact.
    pub(crate) grant: Grant,
    /// The provider's limits of a check.
    pub(crate) limits: CheckLimits,
    /// Whether the head of a pull request from a fork is fetched from the fork.
    pub(crate) fetches_forks: bool,
    /// Whether each repository needs a webhook of its own.
    pub(crate) hooks_repositories: bool,
    /// The waits that the provider asked for.
    pub(crate) gate: Arc<dyn Gate>,
}

/// The feature of an adapter that fetches the head of a pull request from the fork.
const FETCH_FORKS: &str = "fetch-forks";
/// The maximum number of pages of a list of a provider.
const MOST_PAGES: usize = 1_000;
/// The kind under which the secrets of a connection are stored.
pub(crate) const CONNECTION: &str = "connection";
/// The name of the secret that signs deliveries.
pub(crate) const WEBHOOK: &str = "webhook-secret";
/// The name of the previous one, which is valid for a while after a change.
pub(crate) const WEBHOOK_BEFORE: &str = "webhook-secret-previous";

impl Service {
    /// Returns the adapter of a provider.
    pub(crate) fn provider(&self, id: &str) -> Result<(&str, &Provider, &ProviderInfo), ServiceError> {
        let all = self.0.catalog.plugins().iter();
        let mut found = all.filter_map(|plugin| match &plugin.role {
            Role::Provider { provider, info } if info.id == id => {
                Some((plugin.manifest.name.as_str(), provider, info.as_ref()))
            }
            _ => None,
        });
        found.next().ok_or_else(|| {
            ServiceError::invalid("provider", format!("no adapter for `{id}` is installed: install one"))
        })
    }

    /// Returns the credentials of a connection, for its own calls or those of an integration.
    async fn vault(
        &self,
        connection: &entity::connection::Model,
        tenant: &str,
        info: &ProviderInfo,
        settings: &Value,
    ) -> Result<(Arc<Vault>, Credential), ServiceError> {
        let mut set = Vec::new();
        for need in &info.secrets {
            let secret = self.0.store.secret_get(CONNECTION, &connection.id, &need.name).await?;
            let Some(secret) = secret else { continue };
            set.push(match &need.kind {
                SecretKind::Token => Credential::fixed(need.name.as_str(), secret),
                SecretKind::JwtRs256 { issuer, lifetime_seconds } => {
                    let issuer = settings.get(issuer).and_then(Value::as_str).unwrap_or_default();
                    let token = SignedToken::new(issuer, *lifetime_seconds, &secret).map_err(|error| {
                        ServiceError::invalid("secrets", format!("`{}`: {error}", need.name))
                    })?;
                    Credential::new(need.name.as_str(), Arc::new(token))
                }
            });
        }
        let auth = set.first().cloned().ok_or_else(|| {
            ServiceError::invalid("secrets", format!("connection `{}` has no credential", connection.name))
        })?;
        let kept = lock(&self.0.vaults).get(tenant).cloned();
        let vault = kept.unwrap_or_else(|| {
            let vault = Arc::new(Vault::new(set));
            lock(&self.0.vaults).insert(tenant.to_owned(), Arc::clone(&vault));
            vault
        });
        Ok((vault, auth))
    }

    /// Removes credentials from memory, after they were changed.
    pub(crate) fn forget_credentials(&self) {
        lock(&self.0.vaults).clear();
    }

    /// Returns the adapter for a connection.
    pub(crate) async fn of_connection(
        &self,
        connection: &entity::connection::Model,
    ) -> Result<Adapter, ServiceError> {
        self.adapter(connection, None).await
    }

    /// Returns the adapter for an integration.
    pub(crate) async fn of_integration(
        &self,
        integration: &entity::integration::Model,
    ) -> Result<Adapter, ServiceError> {
        let connection = self.0.store.connections().get(&integration.connection_id).await?;
        self.adapter(&connection, Some(integration)).await
    }

    async fn adapter(
        &self,
        connection: &entity::connection::Model,
        integration: Option<&entity::integration::Model>,
    ) -> Result<Adapter, ServiceError> {
        let (name, provider, info) = self.provider(&connection.provider)?;
        let mut settings = Value::clone(&connection.settings);
        let tenant = integration.map_or(&connection.id, |it| &it.id);
        let (vault, auth) = self.vault(connection, tenant, info, &settings).await?;
        let grant = grant(info, &settings)?;
        if let (Some(settings), Some(integration)) = (settings.as_object_mut(), integration) {
            settings.insert("account".to_owned(), integration.account.clone().into());
        }
        let gate: Arc<dyn Gate> = if let Some(it) = integration {
            Arc::new(IntegrationGate { store: self.0.store.clone(), integration: it.id.clone() })
        } else {
            Arc::clone(lock(&self.0.gates).entry(connection.id.clone()).or_default()) as Arc<dyn Gate>
        };
        let memory =
            StoredMemory { store: self.0.store.clone(), plugin: name.to_owned(), tenant: tenant.clone() };
        let reach = Reach {
            http: Some(self.0.outbound.for_plugin(grant.clone(), Arc::clone(&gate))),
            credentials: Some(vault),
            memory: Some(Arc::new(memory)),
        };
        let moment = Moment(u64::try_from(now_ms()).unwrap_or_default());
        let calls = self.0.calls.of(tenant);
        let tenant = Tenant { settings: SettingsText(settings.to_string()), moment, reach, auth, calls };
        Ok(Adapter {
            name: name.to_owned(),
            provider: provider.clone(),
            tenant,
            grant,
            limits: info.limits,
            fetches_forks: info.features.iter().any(|it| it == FETCH_FORKS),
            hooks_repositories: info.webhook.per_repository,
            gate,
        })
    }
}

/// The hosts of an adapter: those in its settings, or the defaults of its schema.
pub(crate) fn grant(info: &ProviderInfo, settings: &Value) -> Result<Grant, ServiceError> {
    let schema: Value = serde_json::from_str(&info.settings_schema).unwrap_or_default();
    let urls: Vec<String> = info
        .hosts
        .iter()
        .filter_map(|name| {
            let set = settings.get(name).and_then(Value::as_str);
            let usual = schema.pointer(&format!("/properties/{name}/default")).and_then(Value::as_str);
            set.or(usual).map(str::to_owned)
        })
        .collect();
    Grant::new(urls.iter().map(String::as_str))
        .map_err(|error| ServiceError::invalid("settings", error.to_string()))
}

impl Adapter {
    /// The repository from which the head of a pull request is fetched.
    pub(crate) fn repository_of_head<'a>(&self, target: &'a str, pull: &'a Pull) -> &'a str {
        let is_fork = self.fetches_forks && !pull.head_repository.is_empty();
        if is_fork { &pull.head_repository } else { target }
    }

    /// Returns the result of a call, and writes its log to ours.
    pub(crate) fn read<T>(&self, call: Call<Result<T, CallError>>) -> Result<T, ServiceError> {
        write_log(&self.name, &call.log);
        match call.result {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.into()),
            Err(fault) => Err(ServiceError::Plugin { plugin: self.name.clone(), why: fault.to_string() }),
        }
    }
}

/// The position in a list of a provider, whose pages end at some point.
#[derive(Debug)]
pub(crate) struct Position {
    what: &'static str,
    cursor: Option<String>,
    pages: usize,
    /// The keys of all items so far.
    seen: HashSet<String>,
}

impl Position {
    /// The beginning of the list of these things.
    pub(crate) fn start(what: &'static str) -> Position {
        Position { what, cursor: None, pages: 0, seen: HashSet::new() }
    }

    /// The cursor of the page to read.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Moves to the next page after one with items of these keys; returns whether there is one. A list that does not end
    /// is an error of the provider: another page follows one without a new item, or far too many.
    pub(crate) fn advance<'a>(
        &mut self,
        next: Option<String>,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<bool, ServiceError> {
        self.pages += 1;
        let (mut items, before) = (0, self.seen.len());
        for key in keys {
            items += 1;
            self.seen.insert(key.to_owned());
        }
        let repeats = next == self.cursor || (items > 0 && self.seen.len() == before);
        if next.is_some() && (repeats || self.pages >= MOST_PAGES) {
            return Err(CallError::Other(format!("the list of {} does not end", self.what)).into());
        }
        self.cursor = next;
        Ok(self.cursor.is_some())
    }
}

/// Writes an adapter's log lines to our log.
pub(crate) fn write_log(plugin: &str, log: &[LogLine]) {
    for line in log {
        match line.level {
            LogLevel::Error => tracing::error!(plugin, "{}", line.message),
            LogLevel::Warn => tracing::warn!(plugin, "{}", line.message),
            LogLevel::Info => tracing::info!(plugin, "{}", line.message),
            LogLevel::Debug | LogLevel::Trace => tracing::debug!(plugin, "{}", line.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn a_list_ends_or_is_an_error() {
        let check = |pages: &[(&[&str], Option<&str>)], expected: Option<bool>| {
            let mut position = Position::start("pages");
            let mut last = None;
            for (keys, next) in pages {
                last = position.advance(next.map(str::to_owned), keys.iter().copied()).ok();
            }
            assert_eq!(last, expected, "{pages:?}");
        };
        check(&[(&["a"], None)], Some(false));
        check(&[(&["a"], Some("2")), (&["b"], Some("3"))], Some(true));
        check(&[(&["a"], Some("2")), (&[], Some("3"))], Some(true));
        check(&[(&["a"], Some("2")), (&["b"], Some("2"))], None);
        check(&[(&["a"], Some("2")), (&["a"], Some("3"))], None);
        check(&[(&["a"], Some("2")), (&["a"], None)], Some(false));
        let mut position = Position::start("pages");
        let ends = (0..2_000).find(|page| position.advance(Some(format!("{page}")), []).is_err());
        assert_eq!(ends, Some(999));
    }
}
