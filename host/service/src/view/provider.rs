//! Adapters of Git hosts.

use palisade_domain::{ProviderInfo, SecretKind, SecretNeed};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An adapter of a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Provider {
    /// Id of the provider.
    pub id: String,
    pub title: String,
    /// JSON Schema of the settings of a connection.
    pub settings_schema: Value,
    /// Secrets of a connection, without `webhook-secret`, which each connection has.
    pub secrets: Vec<Secret>,
    /// Permissions or scopes that the credential needs.
    pub permissions: Vec<Permission>,
    /// Optional features that it supports.
    pub features: Vec<String>,
    /// Steps at the provider before a connection is created, in order.
    pub connect: Vec<Step>,
    /// The label of the link to an account's page at the provider.
    pub configure: String,
    /// Labels of the statuses of integrations.
    pub statuses: Vec<StatusText>,
}

/// A permission or scope of a credential.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Permission {
    /// Name, as the provider spells it.
    pub name: String,
    /// Where it is set at the provider.
    pub place: String,
    pub purpose: String,
    /// Whether the connection does not work without it.
    pub required: bool,
}

/// A step at the provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Step {
    pub title: String,
    /// Markdown.
    pub text: String,
}

/// Label of a status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StatusText {
    /// `active`, `not-installed`, `suspended`, `error`.
    pub status: String,
    pub label: String,
    /// Remediation; empty if there is none.
    pub fix: String,
}

/// A secret that an adapter requires.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Secret {
    pub name: String,
    pub title: String,
    /// `token`, which is sent unchanged, or `jwt-rs256`, a private key that signs tokens.
    pub kind: &'static str,
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
            permissions: info
                .permissions
                .iter()
                .map(|it| Permission {
                    name: it.name.clone(),
                    place: it.place.clone(),
                    purpose: it.purpose.clone(),
                    required: it.required,
                })
                .collect(),
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
