//! Deliveries that were accepted, and what became of them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_store::DeliveryState;
use palisade_store::entity::delivery::Model;
use palisade_store::repository::deliveries::ListedDelivery;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::answer::{Answer, accepted};
use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, Paging, list as page_of};
use crate::api::time;

/// A delivery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    id: String,
    /// Id of the connection.
    connection: String,
    /// The provider's id.
    event_id: String,
    /// Type of the event, as the provider names it.
    kind: String,
    /// `waiting`, `done`, `ignored`, `failed`.
    #[schema(value_type = String)]
    state: DeliveryState,
    /// Result of the last attempt.
    note: String,
    /// Number of attempts.
    attempts: i64,
    #[schema(format = DateTime)]
    received_at: String,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

impl From<ListedDelivery> for Delivery {
    fn from(row: ListedDelivery) -> Delivery {
        Delivery {
            id: row.id,
            connection: row.connection_id,
            event_id: row.event_id,
            kind: row.kind,
            state: row.state,
            note: row.note,
            attempts: row.attempts,
            received_at: time::text(row.received_at),
            finished_at: row.finished_at.map(time::text),
        }
    }
}

/// A delivery with its headers and its body.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeDelivery {
    #[serde(flatten)]
    delivery: Delivery,
    /// Headers, without signatures.
    headers: BTreeMap<String, String>,
    /// Body, as JSON if it is valid JSON, else as text.
    body: Value,
}

impl From<Model> for WholeDelivery {
    fn from(row: Model) -> WholeDelivery {
        let headers: Vec<(String, String)> = serde_json::from_str(&row.headers).unwrap_or_default();
        let body = serde_json::from_slice(&row.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&row.body).into_owned()));
        WholeDelivery {
            headers: headers.into_iter().collect(),
            body,
            delivery: ListedDelivery::from(row).into(),
        }
    }
}

/// Lists deliveries, the oldest first.
#[utoipa::path(get, path = "/deliveries", operation_id = "delivery.list", tag = "deliveries", params(Paging),
    responses((status = 200, description = "A page of deliveries.", body = List<Delivery>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Delivery>>, ApiError> {
    let page = paging.page()?;
    let rows = service.store().deliveries().list(&page).await?;
    Ok(page_of(rows, &page, |it: &ListedDelivery| it.id.clone()))
}

/// Returns a delivery with its headers and its body.
#[utoipa::path(get, path = "/deliveries/{id}", operation_id = "delivery.show", tag = "deliveries",
    responses((status = 200, description = "The delivery.", body = WholeDelivery)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<WholeDelivery>, ApiError> {
    Ok(Json(service.store().deliveries().get(&id).await?.into()))
}

/// Processes a delivery again.
#[utoipa::path(post, path = "/deliveries/{id}/redeliver", operation_id = "delivery.redeliver", tag = "deliveries",
    responses((status = 202, description = "Redelivery queued.", body = Delivery)))]
pub(crate) async fn redeliver(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.redeliver(&id).await?;
    let row = service.store().deliveries().get(&id).await?;
    let detail = json!({ "event_id": row.event_id });
    Ok(accepted(&id, detail, Delivery::from(ListedDelivery::from(row))))
}
