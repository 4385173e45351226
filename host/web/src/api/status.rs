//! The status of the service.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_service::view::Status;

use crate::api::error::ApiError;

/// Status of the service.
#[utoipa::path(get, path = "/status", operation_id = "status.show", tag = "status",
    responses((status = 200, description = "The status.", body = Status)))]
pub(crate) async fn show(State(service): State<Service>) -> Result<Json<Status>, ApiError> {
    Ok(Json(service.status().await?))
}
