//! Adapters of Git hosts.

use axum::Json;
use axum::extract::State;
use palisade_domain::{ProviderInfo, SecretNeed};
use palisade_service::Service;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::list::{List, whole};

/// An adapter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Provider {
    /// Such as `github`.
    id: String,
    title: String,
    /// A JSON Schema of the settings of a connection.
    settings_schema: Value,
    /// The secrets of a connection; beside them each has a `webhook-secret`.
    secrets: Vec<Secret>,
    /// What it can do beyond what every adapter can.
    features: Vec<String>,
}

/// A secret that an adapter needs.
#[derive(Debug, Serialize, ToSchema)]
struct Secret {
    name: String,
    title: String,
    /// `token` or `app-key`.
    kind: String,
}

impl From<&SecretNeed> for Secret {
    fn from(need: &SecretNeed) -> Secret {
        Secret { name: need.name.clone(), title: need.title.clone(), kind: need.kind.clone() }
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
        }
    }
}

/// The adapters.
#[utoipa::path(get, path = "/providers", operation_id = "provider.list", tag = "providers",
    responses((status = 200, description = "All of them.", body = List<Provider>)))]
pub(crate) async fn list(State(service): State<Service>) -> Json<List<Provider>> {
    whole(service.providers().into_iter().map(Provider::from).collect())
}
