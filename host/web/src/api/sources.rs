//! Git sources: which folders of which repository, and for which branches.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{List, NewSource, Policy, Settings, Source};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use crate::api::answer::{Answer, accepted, changed, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::page;

/// The details of a source in the audit log: its settings.
fn detail(source: &Source) -> Value {
    json!(source.settings)
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: Option<String>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists sources.
#[utoipa::path(get, path = "/sources", operation_id = "source.list", tag = "sources", params(Which),
    responses((status = 200, description = "A page of sources.", body = List<Source>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Source>>, ApiError> {
    let page = page(which.after, which.limit)?;
    Ok(Json(service.sources().list(which.integration.as_deref(), &page).await?))
}

/// Creates a source, and queues a scan of it.
#[utoipa::path(post, path = "/sources", operation_id = "source.create", tag = "sources", request_body = NewSource,
    responses((status = 201, description = "Created.", body = Source)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewSource>) -> Answer {
    let integration = new.integration.clone();
    let source = service.sources().add(&integration, &new.into()).await?;
    Ok(created(&source.id, detail(&source), &source))
}

/// Returns a source.
#[utoipa::path(get, path = "/sources/{id}", operation_id = "source.show", tag = "sources",
    responses((status = 200, description = "The source.", body = Source)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Source>, ApiError> {
    Ok(Json(service.sources().get(&id).await?))
}

/// Replaces the settings of a source. It is scanned, and its open pull requests are evaluated again.
#[utoipa::path(put, path = "/sources/{id}", operation_id = "source.replace", tag = "sources",
    request_body = Settings, responses((status = 200, description = "Replaced.", body = Source)))]
pub(crate) async fn replace(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(settings): Input<Settings>,
) -> Answer {
    let source = service.sources().edit(&id, &settings.into()).await?;
    Ok(changed(&id, detail(&source), &source))
}

/// Deletes a source with its scans and findings.
#[utoipa::path(delete, path = "/sources/{id}", operation_id = "source.delete", tag = "sources",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let gone = service.sources().delete(&id).await?.settings;
    Ok(done(&id, json!({ "name": gone.name, "repository": gone.repository })))
}

/// Queues a scan of a source.
#[utoipa::path(post, path = "/sources/{id}/scan", operation_id = "source.scan", tag = "sources",
    responses((status = 202, description = "Scan queued.", body = Value)))]
pub(crate) async fn scan(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.sources().scan(&id).await?;
    Ok(accepted(&id, json!({}), json!({ "source": id })))
}

/// Lists the controls that judge a source.
#[utoipa::path(get, path = "/sources/{id}/policies", operation_id = "source.policies", tag = "sources",
    responses((status = 200, description = "All controls of the source.", body = List<Policy>)))]
pub(crate) async fn policies(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<List<Policy>>, ApiError> {
    Ok(Json(List::whole(service.policies_of(&id).await?)))
}
