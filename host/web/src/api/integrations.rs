//! Integrations: an installation of a connection.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_store::IntegrationStatus;
use palisade_store::entity::integration::Model;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, accepted, changed, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::{List, list as page_of, page};
use crate::api::time;

/// An integration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Integration {
    id: String,
    /// Id of the connection.
    connection: String,
    name: String,
    /// Provider's id of the installation.
    account: String,
    account_name: String,
    /// `Active`, `Not Installed`, `Suspended` or `Error`.
    status: &'static str,
    /// Reason of the status, and the remediation.
    status_detail: String,
    /// `Enabled` if a Git source is scanned, else `Not Enabled`.
    iac_scanning: &'static str,
    /// `Not available`: no detector is there.
    threat_detection: &'static str,
    warnings: Vec<String>,
    #[schema(format = DateTime)]
    checked_at: Option<String>,
    #[schema(format = DateTime)]
    last_scanned_at: Option<String>,
    /// Time until which the provider refuses requests.
    #[schema(format = DateTime)]
    wait_until: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

fn word(status: IntegrationStatus) -> &'static str {
    match status {
        IntegrationStatus::Active => "Active",
        IntegrationStatus::NotInstalled => "Not Installed",
        IntegrationStatus::Suspended => "Suspended",
        IntegrationStatus::Error => "Error",
    }
}

impl From<(Model, bool)> for Integration {
    fn from((row, scanned): (Model, bool)) -> Integration {
        Integration {
            id: row.id,
            connection: row.connection_id,
            name: row.name,
            account: row.account,
            account_name: row.account_name,
            status: word(row.status),
            status_detail: row.status_detail,
            iac_scanning: if scanned { "Enabled" } else { "Not Enabled" },
            threat_detection: "Not available",
            warnings: serde_json::from_str(&row.warnings).unwrap_or_default(),
            checked_at: row.checked_at.map(time::text),
            last_scanned_at: row.last_scanned_at.map(time::text),
            wait_until: row.wait_until.map(time::text),
            created_at: time::text(row.created_at),
        }
    }
}

async fn shown(service: &Service, row: Model) -> Result<Integration, ApiError> {
    let scanned = service.is_scanned(&row.id).await?;
    Ok((row, scanned).into())
}

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

/// Queued scans.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Number of sources.
    sources: usize,
}

/// Lists integrations.
#[utoipa::path(get, path = "/integrations", operation_id = "integration.list", tag = "integrations", params(Which),
    responses((status = 200, description = "A page of integrations.", body = List<Integration>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Integration>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let integrations = service.store().integrations();
    let rows = match &which.connection {
        Some(connection) => integrations.of_connection(connection, &page).await?,
        None => integrations.list(&page).await?,
    };
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        let scanned = service.is_scanned(&row.id).await?;
        known.push((row, scanned));
    }
    Ok(page_of(known, &page, |it: &(Model, bool)| it.0.id.clone()))
}

/// Creates an integration.
#[utoipa::path(post, path = "/integrations", operation_id = "integration.create", tag = "integrations",
    request_body = NewIntegration, responses((status = 201, description = "Created.", body = Integration)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewIntegration>) -> Answer {
    let row = service.integrate(&new.connection, &new.name, &new.account).await?;
    let (id, detail) = (row.id.clone(), json!({ "name": row.name, "account": row.account_name }));
    Ok(created(&id, detail, shown(&service, row).await?))
}

/// Returns an integration.
#[utoipa::path(get, path = "/integrations/{id}", operation_id = "integration.show", tag = "integrations",
    responses((status = 200, description = "The integration.", body = Integration)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Integration>, ApiError> {
    let row = service.store().integrations().get(&id).await?;
    Ok(Json(shown(&service, row).await?))
}

/// Renames an integration.
#[utoipa::path(patch, path = "/integrations/{id}", operation_id = "integration.rename", tag = "integrations",
    request_body = IntegrationChange, responses((status = 200, description = "Renamed.", body = Integration)))]
pub(crate) async fn rename(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(change): Input<IntegrationChange>,
) -> Answer {
    let row = service.rename_integration(&id, &change.name).await?;
    Ok(changed(&id, json!({ "name": change.name }), shown(&service, row).await?))
}

/// Deletes an integration with its sources.
#[utoipa::path(delete, path = "/integrations/{id}", operation_id = "integration.delete", tag = "integrations",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let name = service.store().integrations().get(&id).await?.name;
    service.remove_integration(&id).await?;
    Ok(done(&id, json!({ "name": name })))
}

/// Updates the status of an integration from the provider.
#[utoipa::path(post, path = "/integrations/{id}/check", operation_id = "integration.check", tag = "integrations",
    responses((status = 200, description = "The integration with its status.", body = Integration)))]
pub(crate) async fn check(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    // Before anything is queued for it.
    service.store().integrations().get(&id).await?;
    let row = service.check_integration(&id).await?;
    Ok(changed(&id, json!({ "status": word(row.status) }), shown(&service, row).await?))
}

/// Queues scans of all sources of an integration ("Start Code Scan").
#[utoipa::path(post, path = "/integrations/{id}/scan", operation_id = "integration.scan", tag = "integrations",
    responses((status = 202, description = "Scans queued.", body = Begun)))]
pub(crate) async fn scan(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let sources = service.scan_integration(&id).await?;
    Ok(accepted(&id, json!({ "sources": sources }), Begun { sources }))
}
