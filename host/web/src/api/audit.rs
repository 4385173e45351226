//! The audit log.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_service::view::{Link, List, Verified};

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::Paging;

/// Lists the audit log, the newest entry first.
#[utoipa::path(get, path = "/audit", operation_id = "audit.list", tag = "audit", params(Paging),
    responses((status = 200, description = "A page of the audit log.", body = List<Link>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Link>>, ApiError> {
    Ok(Json(service.audit().list(&paging.page()?).await?))
}

/// Verifies the whole log: whether an entry was changed, inserted or removed.
#[utoipa::path(get, path = "/audit/verify", operation_id = "audit.verify", tag = "audit",
    responses((status = 200, description = "The result of the verification.", body = Verified)))]
pub(crate) async fn verify(State(service): State<Service>) -> Result<Json<Verified>, ApiError> {
    Ok(Json(service.audit().verify().await?))
}
