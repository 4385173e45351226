//! Accepted deliveries, and their results.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{Delivery, List, WholeDelivery};
use serde_json::json;

use crate::api::answer::{Answer, accepted};
use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::Paging;

/// Lists deliveries, the oldest first.
#[utoipa::path(get, path = "/deliveries", operation_id = "delivery.list", tag = "deliveries", params(Paging),
    responses((status = 200, description = "A page of deliveries.", body = List<Delivery>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Delivery>>, ApiError> {
    Ok(Json(service.deliveries().list(&paging.page()?).await?))
}

/// Returns a delivery with its headers and its body.
#[utoipa::path(get, path = "/deliveries/{id}", operation_id = "delivery.show", tag = "deliveries",
    responses((status = 200, description = "The delivery.", body = WholeDelivery)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<WholeDelivery>, ApiError> {
    Ok(Json(service.deliveries().get(&id).await?))
}

/// Processes a delivery again.
#[utoipa::path(post, path = "/deliveries/{id}/redeliver", operation_id = "delivery.redeliver", tag = "deliveries",
    responses((status = 202, description = "Redelivery queued.", body = Delivery)))]
pub(crate) async fn redeliver(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let delivery = service.deliveries().redeliver(&id).await?;
    Ok(accepted(&id, json!({ "event_id": delivery.event_id }), &delivery))
}
