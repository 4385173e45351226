//! Connections: credentials for a server of a provider.

use std::collections::BTreeMap;

use palisade_store::entity::connection::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::Time;

/// A connection, without its secrets.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Connection {
    pub id: String,
    /// Id of the provider.
    pub provider: String,
    pub name: String,
    /// Settings, by the adapter's JSON Schema.
    pub settings: Value,
    /// URL at which deliveries of the provider arrive.
    pub hook_url: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// Status of a connection or an integration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `active`, `not-installed`, `suspended`, `error`.
    pub status: String,
    /// Provider's name of the account.
    pub account: String,
    /// Reason of the status, and the remediation.
    pub reason: String,
    /// Warnings about restrictions.
    pub warnings: Vec<String>,
    /// Names of the permissions that the credential lacks.
    pub missing: Vec<String>,
    /// When the credential expires.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    /// Further details, for display.
    pub details: BTreeMap<String, String>,
}

/// An account that can be integrated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    pub id: String,
    pub name: String,
    /// Status, as for a connection.
    pub status: String,
    pub web_url: String,
}

/// A configured webhook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hook {
    /// URL at which deliveries of the provider arrive.
    pub hook_url: String,
    /// What could not be configured, with the remediation, in Markdown.
    pub problems: Vec<String>,
}

impl Connection {
    pub(crate) fn new(row: Model, hook_url: String) -> Connection {
        Connection {
            id: row.id,
            provider: row.provider,
            name: row.name,
            settings: row.settings.into_value(),
            hook_url,
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

impl From<palisade_domain::Health> for Health {
    fn from(health: palisade_domain::Health) -> Health {
        Health {
            status: health.status,
            account: health.account,
            reason: health.reason,
            warnings: health.warnings,
            missing: health.missing,
            expires_at: health.expires_ms.and_then(|it| i64::try_from(it).ok()).map(Time),
            details: health.details.into_iter().collect(),
        }
    }
}

impl From<palisade_domain::Account> for Account {
    fn from(found: palisade_domain::Account) -> Account {
        Account { id: found.id, name: found.name, status: found.status, web_url: found.web_url }
    }
}
