//! Connections: an App on a server, and its secrets.

use palisade_domain::ProviderInfo;
use palisade_store::job::Refresh;
use palisade_store::repository as store;
use palisade_store::{Page, Store, entity, new_webhook_secret};
use secrecy::SecretString;
use serde_json::Value;

use crate::adapter::{CONNECTION, WEBHOOK, WEBHOOK_BEFORE};
use crate::error::ServiceError;
use crate::service::Service;
use crate::verify::{STANDARD_WEBHOOKS, is_standard_key};
use crate::view::{self, List};

/// A secret with its name.
pub type NamedSecret = (String, SecretString);

/// The validity of the previous webhook secret after a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Previous {
    /// It is valid for one more hour.
    #[default]
    Grace,
    /// It is invalid immediately.
    Revoked,
}

/// The longest name of a connection, in bytes.
const LONGEST_NAME: usize = 200;

/// Validates settings with the adapter's schema.
fn fitting(info: &ProviderInfo, settings: &Value) -> Result<(), ServiceError> {
    let schema: Value = serde_json::from_str(&info.settings_schema).map_err(ServiceError::internal)?;
    let validator = jsonschema::validator_for(&schema).map_err(ServiceError::internal)?;
    let first = palisade_catalog::first_error(&validator, settings);
    first.map_or(Ok(()), |why| Err(ServiceError::invalid("settings", why)))
}

/// Validates the secret of webhooks with the provider's signatures.
fn fitting_hook(info: &ProviderInfo, secret: &SecretString) -> Result<(), ServiceError> {
    let signs = info.webhook.auth.iter().any(|it| it.scheme == STANDARD_WEBHOOKS);
    if signs && !is_standard_key(secret) {
        let why = "it is `whsec_` and 32 bytes in Base64, or omit it: then one is generated";
        return Err(ServiceError::invalid(WEBHOOK, why));
    }
    Ok(())
}

/// Connections: credentials for servers of providers.
pub struct Connections<'a> {
    service: &'a Service,
    rows: store::connections::Connections<'a>,
    /// The database with their secrets.
    store: &'a Store,
}

impl Service {
    /// Returns the connections.
    pub fn connections(&self) -> Connections<'_> {
        let store = &self.0.store;
        Connections { service: self, rows: store.connections(), store }
    }
}

impl Connections<'_> {
    fn shown(&self, row: entity::connection::Model) -> view::Connection {
        let hook_url = self.service.hook_url(&row.id);
        view::Connection::new(row, hook_url)
    }

    /// Lists the connections, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, page: &Page) -> Result<List<view::Connection>, ServiceError> {
        let rows = self.rows.list(page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), |it| self.shown(it)))
    }

    /// Returns the connection with this id.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::Connection, ServiceError> {
        Ok(self.shown(self.rows.get(id).await?))
    }

    /// Creates a connection: validates the settings and the secrets, tests them at the provider, and stores them
    /// sealed. One of the secrets is the webhook secret; without it, a new one is generated.
    ///
    /// # Errors
    /// If a field is invalid, or an error of the provider.
    pub async fn connect(
        &self,
        provider: &str,
        name: &str,
        settings: &Value,
        mut secrets: Vec<NamedSecret>,
    ) -> Result<view::Connection, ServiceError> {
        if name.trim().is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
            let why = format!(
                "give the connection a name of 1 to {LONGEST_NAME} bytes, without control characters"
            );
            return Err(ServiceError::invalid("name", why));
        }
        let (_, _, info) = self.service.provider(provider)?;
        fitting(info, settings)?;
        crate::adapter::grant(info, settings)?;
        if !secrets.iter().any(|(name, _)| name == WEBHOOK) {
            secrets.push((WEBHOOK.to_owned(), new_webhook_secret()?));
        }
        let known: Vec<&str> = info.secrets.iter().map(|it| it.name.as_str()).chain([WEBHOOK]).collect();
        if let Some((odd, _)) = secrets.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let known = known.join("`, `");
            return Err(ServiceError::invalid("secrets", format!("`{odd}` is none of `{known}`")));
        }
        if let Some(missing) = known.iter().find(|name| !secrets.iter().any(|(it, _)| it == *name)) {
            return Err(ServiceError::invalid("secrets", format!("`{missing}` is missing")));
        }
        for (_, secret) in secrets.iter().filter(|(name, _)| name == WEBHOOK) {
            fitting_hook(info, secret)?;
        }
        let connection = self.rows.create(provider, name, settings).await?;
        let outcome = self.fill(&connection, secrets).await;
        if outcome.is_err() {
            // Removes the incomplete connection.
            self.delete(&connection.id).await?;
        }
        outcome.map(|()| self.shown(connection))
    }

    async fn fill(
        &self,
        connection: &entity::connection::Model,
        secrets: Vec<NamedSecret>,
    ) -> Result<(), ServiceError> {
        for (name, value) in secrets {
            self.store.secret_set(CONNECTION, &connection.id, &name, &value).await?;
        }
        let adapter = self.service.of_connection(connection).await?;
        let answer = adapter.provider.test_connection(&adapter.tenant).await;
        let health = adapter.read(answer)?;
        if health.status != "active" {
            return Err(ServiceError::invalid("secrets", health.reason));
        }
        self.service.open_endpoint(&connection.id, &connection.provider).await?;
        self.service.publish_changes().await
    }

    /// Tests a connection at the provider.
    ///
    /// # Errors
    /// Errors of the provider.
    pub async fn test(&self, id: &str) -> Result<view::Health, ServiceError> {
        let connection = self.rows.get(id).await?;
        let adapter = self.service.of_connection(&connection).await?;
        let answer = adapter.provider.test_connection(&adapter.tenant).await;
        Ok(adapter.read(answer)?.into())
    }

    /// Changes a secret of a connection. The previous webhook secret is valid for one more hour and then deleted,
    /// unless it is revoked.
    ///
    /// # Errors
    /// If the secret does not exist.
    pub async fn rotate(
        &self,
        id: &str,
        name: &str,
        value: &SecretString,
        previous: Previous,
    ) -> Result<(), ServiceError> {
        let lock = self.service.one_at_a_time(format!("secrets of {id}"));
        let _held = lock.lock().await;
        let store = self.store;
        let connection = self.rows.get(id).await?;
        let (_, _, info) = self.service.provider(&connection.provider)?;
        if name != WEBHOOK && !info.secrets.iter().any(|it| it.name == name) {
            return Err(ServiceError::invalid("secret", format!("this connection has no secret `{name}`")));
        }
        let before = store.secret_get(CONNECTION, id, name).await?;
        if name == WEBHOOK {
            fitting_hook(info, value)?;
            match (&before, previous) {
                (Some(before), Previous::Grace) => {
                    store.secret_set(CONNECTION, id, WEBHOOK_BEFORE, before).await?;
                }
                _ => {
                    store.secret_delete(CONNECTION, id, WEBHOOK_BEFORE).await?;
                }
            }
        }
        store.secret_set(CONNECTION, id, name, value).await?;
        self.service.forget_credentials();
        if let Err(error) = self.service.of_connection(&connection).await {
            // An invalid key must not replace a valid one.
            if let Some(before) = before {
                store.secret_set(CONNECTION, id, name, &before).await?;
                self.service.forget_credentials();
            }
            return Err(error);
        }
        self.service.open_endpoint(id, &connection.provider).await?;
        if name == WEBHOOK && info.webhook.per_repository {
            self.refresh_hooks(id).await?;
        }
        self.service.publish_changes().await
    }

    /// Revokes the previous webhook secret immediately; returns whether there was one.
    ///
    /// # Errors
    /// If the connection does not exist.
    pub async fn revoke_previous(&self, id: &str) -> Result<bool, ServiceError> {
        let lock = self.service.one_at_a_time(format!("secrets of {id}"));
        let _held = lock.lock().await;
        let connection = self.rows.get(id).await?;
        let revoked = self.store.secret_delete(CONNECTION, id, WEBHOOK_BEFORE).await?;
        self.service.open_endpoint(id, &connection.provider).await?;
        self.service.publish_changes().await?;
        Ok(revoked)
    }

    /// Configures the provider's webhook for this service. Webhooks of repositories are configured in the background.
    ///
    /// # Errors
    /// Errors of the provider.
    pub async fn ensure_hook(&self, id: &str) -> Result<view::Hook, ServiceError> {
        let connection = self.rows.get(id).await?;
        let (_, _, info) = self.service.provider(&connection.provider)?;
        let problems = if info.webhook.per_repository {
            self.refresh_hooks(id).await?;
            Vec::new()
        } else {
            self.service.ensure_connection_hook(&connection).await?
        };
        Ok(view::Hook { hook_url: self.service.hook_url(id), problems })
    }

    /// Ensures the webhooks of the repositories of a connection again, in the background.
    async fn refresh_hooks(&self, id: &str) -> Result<(), ServiceError> {
        for integration in self.service.integrations_of(id).await? {
            self.store.hooks().expire(&integration.id).await?;
            let job = Refresh { integration: integration.id.clone() };
            self.service.enqueue_alone(job, &integration.id).await?;
        }
        Ok(())
    }

    /// Lists the accounts that a connection can be integrated with.
    ///
    /// # Errors
    /// Errors of the provider.
    pub async fn accounts(
        &self,
        id: &str,
        cursor: Option<&str>,
    ) -> Result<List<view::Account>, ServiceError> {
        Ok(List::of_provider(self.service.accounts_of(id, cursor).await?))
    }

    /// Deletes a connection with its data, and removes its webhooks at the provider. A provider that does not respond
    /// does not prevent that: what remains there is returned.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn disconnect(&self, id: &str) -> Result<view::Removed, ServiceError> {
        let connection = self.rows.get(id).await?;
        let mut remaining = Vec::new();
        for integration in self.service.integrations_of(id).await? {
            remaining.extend(self.service.remove_hooks(&integration).await?);
        }
        remaining.extend(self.service.remove_connection_hook(&connection).await);
        self.delete(id).await?;
        Ok(view::Removed { name: connection.name, remaining })
    }

    /// Deletes a connection with its data; its endpoint is closed first.
    async fn delete(&self, id: &str) -> Result<(), ServiceError> {
        self.service.close_endpoint(id);
        self.rows.delete(id).await?;
        self.service.forget_credentials();
        self.service.publish_changes().await
    }
}
