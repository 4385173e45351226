//! Adapters of Git hosts.

use axum::Json;
use axum::extract::State;
use palisade_domain::{ProviderInfo, SecretKind, SecretNeed};
use palisade_service::Service;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::list::{List, whole};

/// An adapter of a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Id of the provider.
    id: String,
    title: String,
    /// JSON Schema of the settings of a connection.
    settings_schema: Value,
    /// Secrets of a connection, without `webhook-secret`, which each connection has.
    secrets: Vec<Secret>,
    /// Optional features that it supports.
    features: Vec<String>,
    /// Steps at the provider before a connection is created, in order.
    connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    configure: String,
    /// Labels of the statuses of integrations.
    statuses: Vec<StatusText>,
}

/// A step at the provider.
#[derive(Debug, Serialize, ToSchema)]
struct Step {
    title: String,
    /// Markdown.
    text: String,
}

/// Label of a status.
#[derive(Debug, Serialize, ToSchema)]
struct StatusText {
    /// `active`, `not-installed`, `suspended`, `error`.
    status: String,
    label: String,
    /// Remediation; empty if there is none.
    fix: String,
}

/// A secret that an adapter requires.
#[derive(Debug, Serialize, ToSchema)]
struct Secret {
    name: String,
    title: String,
    /// `token`, which is sent unchanged, or `jwt-rs256`, a private key that signs tokens.
    kind: &'static str,
}

impl From<&SecretNeed> for Secret {
    fn from(need: &SecretNeed) -> Secret {
        let kind = match need.kind {
            SecretKind::Token => "token",
            SecretKind::JwtRs256 { .. } => "jwt-rs256",
        };
        Secret { name: need.name.clone(), title: need.title.clone(), kind }
    }
}

impl From<&ProviderInfo> for Provider {
    fn from(info: &ProviderInfo) -> Provider {
        Provider {
            id: info.id.clone(),
            title: info.title.clone(),
            settings_schema: serde_json::from_str(&info.settings_schema).unwrap_or_default(),
            secrets: info.secrets.iter().map(Secret::from).collect(),
            features: info.features.clone(),
            connect: info
                .connect
                .iter()
                .map(|it| Step { title: it.title.clone(), text: it.text.clone() })
                .collect(),
            configure: info.configure.clone(),
            statuses: info
                .statuses
                .iter()
                .map(|it| StatusText {
                    status: it.status.clone(),
                    label: it.label.clone(),
                    fix: it.fix.clone(),
                })
                .collect(),
        }
    }
}

/// Lists the adapters.
#[utoipa::path(get, path = "/providers", operation_id = "provider.list", tag = "providers",
    responses((status = 200, description = "All adapters.", body = List<Provider>)))]
pub(crate) async fn list(State(service): State<Service>) -> Json<List<Provider>> {
    whole(service.providers().into_iter().map(Provider::from).collect())
}
