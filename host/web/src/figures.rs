//! The metrics of this crate: their names, and those of requests.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// The kind of a metric.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// The number and the duration of requests, by route, method and status.
const REQUESTS: &str = "palisade_http_requests_total";
const REQUEST_SECONDS: &str = "palisade_http_request_seconds";
/// The time at which the latest delivery was accepted.
const LAST_DELIVERY: &str = "palisade_last_delivery_timestamp_seconds";

/// All metrics of this crate with their descriptions; `docs/metrics.md` lists them with those of the service.
const ALL: [(Kind, &str, &str); 9] = [
    (Kind::Counter, REQUESTS, "Requests that were answered, by method, route and status."),
    (Kind::Histogram, REQUEST_SECONDS, "Seconds until a request was answered, by method and route."),
    (Kind::Counter, "palisade_deliveries_total", "Deliveries of webhooks, by the status of the answer."),
    (Kind::Counter, "palisade_deliveries_refused_total", "Deliveries that were not accepted, by reason."),
    (Kind::Histogram, "palisade_delivery_seconds", "Seconds until a delivery was answered."),
    (Kind::Gauge, LAST_DELIVERY, "Unix time at which a delivery was accepted last."),
    (Kind::Gauge, "palisade_hook_bytes_in_flight", "Bytes of deliveries that are being received."),
    (Kind::Gauge, "palisade_connections_open", "Connections that are open."),
    (
        Kind::Counter,
        "palisade_connections_refused_total",
        "Connections closed because their address has too many.",
    ),
];

/// Registers the descriptions of the metrics for `/metrics`.
pub(crate) fn describe() {
    for (kind, name, text) in ALL {
        match kind {
            Kind::Counter => metrics::describe_counter!(name, text),
            Kind::Gauge => metrics::describe_gauge!(name, text),
            Kind::Histogram => metrics::describe_histogram!(name, text),
        }
    }
}

/// Sets the time at which the latest delivery was accepted, in Unix milliseconds.
pub(crate) fn last_delivery(at: i64) {
    if let Ok(seconds) = u32::try_from(at / 1_000) {
        metrics::gauge!(LAST_DELIVERY).set(f64::from(seconds));
    }
}

/// The label of a method: clients can invent methods, and each would create a metric.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Counts a request under its route, not under its path, which clients can invent.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", |it| it.as_str()).to_owned();
    let response = next.run(request).await;
    metrics::histogram!(REQUEST_SECONDS, "method" => method, "route" => route.clone())
        .record(begin.elapsed());
    let status = response.status().as_str().to_owned();
    metrics::counter!(REQUESTS, "method" => method, "route" => route, "status" => status).increment(1);
    response
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn every_figure_is_in_the_page() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");
        let page = std::fs::read_to_string(page).unwrap();
        for (_, name, _) in ALL {
            assert!(page.contains(&format!("| `{name}` |")), "docs/metrics.md does not have `{name}`");
        }
    }
}
