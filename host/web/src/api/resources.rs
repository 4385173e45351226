//! The inventory: resources of the latest full scan of a source.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_service::view::{List, Resource};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::page;

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

/// Lists the resources of a source.
#[utoipa::path(get, path = "/resources", operation_id = "resource.list", tag = "resources", params(Which),
    responses((status = 200, description = "A page of resources.", body = List<Resource>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Resource>>, ApiError> {
    let page = page(which.after, which.limit)?;
    Ok(Json(service.inventory().resources(&which.source, &page).await?))
}
