//! Whether the service lives, and whether it can take work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use palisade_service::Service;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the service says of itself while it starts and stops.
#[derive(Clone)]
pub struct Readiness {
    stopping: Arc<AtomicBool>,
    metrics: PrometheusHandle,
}

impl Readiness {
    /// Ready, with the recorder whose figures `/metrics` shows.
    pub fn new(metrics: PrometheusHandle) -> Readiness {
        Readiness { stopping: Arc::default(), metrics }
    }

    /// From now on load balancers should send nothing new.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }
}

#[derive(Clone)]
struct Health {
    service: Service,
    readiness: Readiness,
}

pub(crate) fn router(service: Service, readiness: Readiness) -> Router {
    Router::new()
        .route("/livez", get(|| async { "live\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(Health { service, readiness })
}

async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.readiness.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(PATIENCE, health.service.store().instance()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn figures(State(health): State<Health>) -> String {
    health.readiness.metrics.run_upkeep();
    health.readiness.metrics.render()
}
