//! The doors of webhooks: `/hooks/{connection}`.
//!
//! Answers are 202, 401, 413 and 503 only. Providers switch hooks off that answer otherwise: Azure DevOps at a 410 or
//! a 500, GitLab after several failures of whatever kind.

use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use palisade_service::{DoorError, Service};

/// The largest delivery, in bytes: what GitHub caps at.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>
const LARGEST: usize = 25 << 20;

pub(crate) fn router(service: Service) -> Router {
    Router::new().route("/hooks/{connection}", post(receive)).with_state(service)
}

async fn receive(
    State(service): State<Service>,
    Path(connection): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let begin = Instant::now();
    // Neither too large nor cut off is any delivery that could be kept.
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, "the delivery is larger than 25 MiB, or was cut off");
    };
    let pairs: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let response = match service.receive(&connection, &pairs, &body).await {
        Ok(accepted) => {
            (StatusCode::ACCEPTED, Json(serde_json::json!({ "delivery": accepted.id }))).into_response()
        }
        Err(error @ DoorError::Refused(_)) => answer(StatusCode::UNAUTHORIZED, &error.to_string()),
        Err(error @ DoorError::Unavailable(_)) => {
            tracing::warn!(%error, "a delivery was not taken");
            answer(StatusCode::SERVICE_UNAVAILABLE, "the delivery could not be kept: send it again")
        }
    };
    metrics::counter!("palisade_deliveries_total", "status" => response.status().as_str().to_owned())
        .increment(1);
    metrics::histogram!("palisade_delivery_seconds").record(begin.elapsed());
    response
}

fn answer(status: StatusCode, error: &str) -> Response {
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}
