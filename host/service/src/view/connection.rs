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
    /// As the adapter's schema has them.
    pub settings: Value,
    /// Where the provider sends deliveries.
    pub hook_url: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// How a connection or an integration stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `active`, `not-installed`, `suspended`, `error`.
    pub status: String,
    /// What the provider calls the account.
    pub account: String,
    /// Why, and the mend.
    pub reason: String,
    /// What works less well than it could.
    pub warnings: Vec<String>,
    /// More, for readers.
    pub details: BTreeMap<String, String>,
}

/// Something that a connection can be integrated with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    pub id: String,
    pub name: String,
    /// As of a connection.
    pub status: String,
    pub web_url: String,
}

/// A webhook that was set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hook {
    /// Where the provider sends deliveries.
    pub hook_url: String,
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
    fn from(told: palisade_domain::Health) -> Health {
        Health {
            status: told.status,
            account: told.account,
            reason: told.reason,
            warnings: told.warnings,
            details: told.details.into_iter().collect(),
        }
    }
}

impl From<palisade_domain::Account> for Account {
    fn from(found: palisade_domain::Account) -> Account {
        Account { id: found.id, name: found.name, status: found.status, web_url: found.web_url }
    }
}
