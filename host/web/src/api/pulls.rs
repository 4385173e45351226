//! Pull requests in their last known state.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{List, Pull};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use crate::api::answer::{Answer, accepted};
use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::page;

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: String,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists the pull requests of an integration.
#[utoipa::path(get, path = "/pulls", operation_id = "pull.list", tag = "pulls", params(Which),
    responses((status = 200, description = "A page of pull requests.", body = List<Pull>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Pull>>, ApiError> {
    let page = page(which.after, which.limit)?;
    Ok(Json(service.inventory().pulls(&which.integration, &page).await?))
}

/// Queues another evaluation of an open pull request.
#[utoipa::path(post, path = "/pulls/{id}/recheck", operation_id = "pull.recheck", tag = "pulls",
    responses((status = 202, description = "Evaluation queued.", body = Pull)))]
pub(crate) async fn recheck(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let pull = service.inventory().recheck(&id).await?;
    Ok(accepted(&id, json!({ "repository": pull.repository, "number": pull.number }), &pull))
}
