//! Connections: an App on a server.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::view::{Account, Connection, Health, Hook, List, Removed};
use palisade_service::{Previous, Service};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::answer::{Answer, changed, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input, SecretText};
use crate::api::list::{Cursor, Paging};

/// A new connection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConnection {
    /// Id of the provider.
    provider: String,
    name: String,
    /// Settings, by the adapter's JSON Schema.
    settings: Value,
    /// Secrets that the adapter requires, and `webhook-secret`.
    #[schema(value_type = BTreeMap<String, String>, write_only)]
    secrets: BTreeMap<String, SecretText>,
}

/// New value of a secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSecret {
    #[schema(value_type = String, write_only)]
    value: SecretText,
    /// For `webhook-secret`: revoke the previous secret immediately instead of after one hour.
    #[serde(default)]
    revoke_previous: bool,
}

/// Lists connections.
#[utoipa::path(get, path = "/connections", operation_id = "connection.list", tag = "connections", params(Paging),
    responses((status = 200, description = "A page of connections.", body = List<Connection>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Connection>>, ApiError> {
    Ok(Json(service.connections().list(&paging.page()?).await?))
}

/// Creates a connection, after a test of its settings and secrets at the provider.
#[utoipa::path(post, path = "/connections", operation_id = "connection.create", tag = "connections",
    request_body = NewConnection, responses((status = 201, description = "Created.", body = Connection)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewConnection>) -> Answer {
    let names: Vec<String> = new.secrets.keys().cloned().collect();
    let secrets = new.secrets.into_iter().map(|(name, it)| (name, it.0)).collect();
    let made = service.connections().connect(&new.provider, &new.name, &new.settings, secrets).await?;
    let detail =
        json!({ "provider": made.provider, "name": made.name, "settings": new.settings, "secrets": names });
    Ok(created(&made.id, detail, &made))
}

/// Returns a connection.
#[utoipa::path(get, path = "/connections/{id}", operation_id = "connection.show", tag = "connections",
    responses((status = 200, description = "The connection.", body = Connection)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Connection>, ApiError> {
    Ok(Json(service.connections().get(&id).await?))
}

/// Deletes a connection with its integrations and their data, and removes its webhooks at the provider. Returns what
/// remains there.
#[utoipa::path(delete, path = "/connections/{id}", operation_id = "connection.delete", tag = "connections",
    responses((status = 200, description = "Deleted.", body = Removed)))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let deleted = service.connections().disconnect(&id).await?;
    Ok(changed(&id, json!({ "name": deleted.name, "remaining": deleted.remaining }), &deleted))
}

/// Tests a connection at the provider.
#[utoipa::path(post, path = "/connections/{id}/test", operation_id = "connection.test", tag = "connections",
    responses((status = 200, description = "The status.", body = Health)))]
pub(crate) async fn test(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let health = service.connections().test(&id).await?;
    Ok(changed(&id, json!({ "status": health.status }), &health))
}

/// Changes a secret. The previous `webhook-secret` is accepted for one more hour, unless it is revoked.
#[utoipa::path(put, path = "/connections/{id}/secrets/{name}", operation_id = "connection.set_secret",
    tag = "connections", request_body = NewSecret, responses((status = 204, description = "Changed.")))]
pub(crate) async fn set_secret(
    State(service): State<Service>,
    Path((id, name)): Path<(String, String)>,
    Input(new): Input<NewSecret>,
) -> Answer {
    let previous = if new.revoke_previous { Previous::Revoked } else { Previous::Grace };
    service.connections().rotate(&id, &name, &new.value.0, previous).await?;
    Ok(done(&id, json!({ "secret": name, "revoke_previous": new.revoke_previous })))
}

/// Revokes the previous `webhook-secret` immediately.
#[utoipa::path(delete, path = "/connections/{id}/previous-secret", operation_id = "connection.revoke_secret",
    tag = "connections", responses((status = 204, description = "Revoked, or none existed.")))]
pub(crate) async fn revoke_secret(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let revoked = service.connections().revoke_previous(&id).await?;
    Ok(done(&id, json!({ "revoked": revoked })))
}

/// Configures the provider's webhook for this service.
#[utoipa::path(post, path = "/connections/{id}/hook", operation_id = "connection.set_hook", tag = "connections",
    responses((status = 200, description = "The configured webhook.", body = Hook)))]
pub(crate) async fn set_hook(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let hook = service.connections().ensure_hook(&id).await?;
    Ok(changed(&id, json!({ "hook_url": hook.hook_url }), &hook))
}

/// Lists the accounts that a connection can be integrated with.
#[utoipa::path(get, path = "/connections/{id}/accounts", operation_id = "connection.accounts", tag = "connections",
    params(Cursor), responses((status = 200, description = "A page of accounts.", body = List<Account>)))]
pub(crate) async fn accounts(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(at): Asked<Cursor>,
) -> Result<Json<List<Account>>, ApiError> {
    Ok(Json(service.connections().accounts(&id, at.cursor.as_deref()).await?))
}
