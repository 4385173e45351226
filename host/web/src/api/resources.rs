//! The inventory: resources of the latest full scan of a source.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_store::entity::resource::Model;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, page};

/// A resource.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resource {
    id: String,
    /// Id of the source.
    source: String,
    /// Format of its file.
    origin: String,
    /// Such as `acme/shop`.
    repository: String,
    kind: String,
    address: String,
    path: String,
    line: i64,
    /// Number of controls that passed.
    passed: i64,
    /// Number of controls that failed.
    failed: i64,
    /// Number of controls with an unknown outcome.
    unknown: i64,
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of a source.
    source: String,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

impl From<(Model, String)> for Resource {
    fn from((row, repository): (Model, String)) -> Resource {
        Resource {
            id: row.id,
            source: row.source_id,
            origin: row.origin,
            repository,
            kind: row.kind,
            address: row.address,
            path: row.path,
            line: row.line,
            passed: row.passed,
            failed: row.failed,
            unknown: row.unknown,
        }
    }
}

/// Lists the resources of a source.
#[utoipa::path(get, path = "/resources", operation_id = "resource.list", tag = "resources", params(Which),
    responses((status = 200, description = "A page of resources.", body = List<Resource>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Resource>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let repository = service.store().sources().get(&which.source).await?.repository;
    let rows = service.store().inventory().resources(&which.source, &page).await?;
    let rows = rows.into_iter().map(|it| (it, repository.clone())).collect();
    Ok(crate::api::list::list(rows, &page, |it: &(Model, String)| it.0.id.clone()))
}
