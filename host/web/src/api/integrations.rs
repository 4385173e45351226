//! Integrations: an installation of a connection.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{Begun, Integration, List, Removed};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, accepted, changed, created};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::page;

/// A new integration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIntegration {
    /// Id of the connection.
    connection: String,
    name: String,
    /// Provider's id or name of the account.
    account: String,
}

/// Changes of an integration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntegrationChange {
    name: String,
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of a connection.
    connection: Option<String>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists integrations.
#[utoipa::path(get, path = "/integrations", operation_id = "integration.list", tag = "integrations", params(Which),
    responses((status = 200, description = "A page of integrations.", body = List<Integration>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Integration>>, ApiError> {
    let page = page(which.after, which.limit)?;
    Ok(Json(service.integrations().list(which.connection.as_deref(), &page).await?))
}

/// Creates an integration.
#[utoipa::path(post, path = "/integrations", operation_id = "integration.create", tag = "integrations",
    request_body = NewIntegration, responses((status = 201, description = "Created.", body = Integration)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewIntegration>) -> Answer {
    let made = service.integrations().add(&new.connection, &new.name, &new.account).await?;
    Ok(created(&made.id, json!({ "name": made.name, "account": made.account_name }), &made))
}

/// Returns an integration.
#[utoipa::path(get, path = "/integrations/{id}", operation_id = "integration.show", tag = "integrations",
    responses((status = 200, description = "The integration.", body = Integration)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Integration>, ApiError> {
    Ok(Json(service.integrations().get(&id).await?))
}

/// Renames an integration.
#[utoipa::path(patch, path = "/integrations/{id}", operation_id = "integration.rename", tag = "integrations",
    request_body = IntegrationChange, responses((status = 200, description = "Renamed.", body = Integration)))]
pub(crate) async fn rename(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(change): Input<IntegrationChange>,
) -> Answer {
    let renamed = service.integrations().rename(&id, &change.name).await?;
    Ok(changed(&id, json!({ "name": change.name }), &renamed))
}

/// Deletes an integration with its sources, and removes its webhooks at the provider. Returns what remains there.
#[utoipa::path(delete, path = "/integrations/{id}", operation_id = "integration.delete", tag = "integrations",
    responses((status = 200, description = "Deleted.", body = Removed)))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let gone = service.integrations().remove(&id).await?;
    Ok(changed(&id, json!({ "name": gone.name, "remaining": gone.remaining }), &gone))
}

/// Updates the status of an integration from the provider.
#[utoipa::path(post, path = "/integrations/{id}/check", operation_id = "integration.check", tag = "integrations",
    responses((status = 200, description = "The integration with its status.", body = Integration)))]
pub(crate) async fn check(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let integration = service.integrations().check(&id).await?;
    Ok(changed(&id, json!({ "status": integration.status }), &integration))
}

/// Queues scans of all sources of an integration ("Start Code Scan").
#[utoipa::path(post, path = "/integrations/{id}/scan", operation_id = "integration.scan", tag = "integrations",
    responses((status = 202, description = "Scans queued.", body = Begun)))]
pub(crate) async fn scan(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let begun = service.integrations().scan(&id).await?;
    Ok(accepted(&id, json!({ "sources": begun.sources }), &begun))
}
