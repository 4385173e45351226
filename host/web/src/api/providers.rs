//! Adapters of Git hosts.

use axum::Json;
use axum::extract::State;
use palisade_domain::{ProviderInfo, SecretKind, SecretNeed};
use palisade_service::Service;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::list::{List, whole};

/// An adapter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Id of the provider.
    id: String,
    title: String,
    /// A JSON Schema of the settings of a connection.
    settings_schema: Value,
    /// The secrets of a connection; beside them each has a `webhook-secret`.
    secrets: Vec<Secret>,
    /// What it can do beyond what every adapter can.
    features: Vec<String>,
    /// Steps at the provider before the settings are known, in order.
    connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    configure: String,
    /// What the statuses of integrations are called.
    statuses: Vec<StatusText>,
}

/// A step that an administrator takes at the provider.
#[derive(Debug, Serialize, ToSchema)]
struct Step {
    title: String,
    /// Markdown.
    text: String,
}

/// What a status is called.
#[derive(Debug, Serialize, ToSchema)]
struct StatusText {
    /// `active`, `not-installed`, `suspended`, `error`.
    status: String,
    label: String,
    /// How to become active again; empty where nothing helps.
    fix: String,
}

/// A secret that an adapter needs.
#[derive(Debug, Serialize, ToSchema)]
struct Secret {
    name: String,
    title: String,
    /// `token`, which is sent as it is, or `jwt-rs256`, a private key with which tokens are signed.
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

/// The adapters.
#[utoipa::path(get, path = "/providers", operation_id = "provider.list", tag = "providers",
    responses((status = 200, description = "All of them.", body = List<Provider>)))]
pub(crate) async fn list(State(service): State<Service>) -> Json<List<Provider>> {
    whole(service.providers().into_iter().map(Provider::from).collect())
}
