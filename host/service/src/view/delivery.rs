//! Deliveries that were accepted.

use std::collections::BTreeMap;

use palisade_store::DeliveryState;
use palisade_store::entity::delivery::Model;
use palisade_store::repository::deliveries::ListedDelivery;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::Time;

/// A delivery.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery {
    pub id: String,
    /// Id of the connection.
    pub connection: String,
    /// The provider's id.
    pub event_id: String,
    /// Type of the event, as the provider names it.
    pub kind: String,
    /// `waiting`, `done`, `ignored`, `failed`.
    #[schema(value_type = String)]
    pub state: DeliveryState,
    /// Result of the last attempt.
    pub note: String,
    /// Number of attempts.
    pub attempts: i64,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Time,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Time>,
}

/// A delivery with its headers and its body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WholeDelivery {
    #[serde(flatten)]
    pub delivery: Delivery,
    /// Headers, without signatures.
    pub headers: BTreeMap<String, String>,
    /// Body, as JSON if it is valid JSON, else as text.
    pub body: Value,
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
            received_at: Time(row.received_at),
            finished_at: row.finished_at.map(Time),
        }
    }
}

impl From<Model> for WholeDelivery {
    fn from(row: Model) -> WholeDelivery {
        let body = serde_json::from_slice(&row.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&row.body).into_owned()));
        WholeDelivery {
            headers: row.headers.iter().cloned().collect(),
            body,
            delivery: ListedDelivery::from(row).into(),
        }
    }
}
