//! Liveness, readiness and metrics.
//!
//! `/livez` is public: its response is a constant. `/readyz`, `/healthz` and `/metrics` are for administrators.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use palisade_service::Service;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::api::bearer;
use crate::figures;

/// The timeout of the database.
const PATIENCE: Duration = Duration::from_secs(2);
/// Headers that proxies add: a client behind a proxy is not on this machine, whatever the address of the proxy is.
const FORWARDED: [&str; 5] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// The clients that can see metrics and health.
#[derive(Clone, Debug, Default)]
pub enum Watchers {
    /// Clients on this machine, except through a proxy.
    #[default]
    Loopback,
    /// Clients that send this token: `Authorization: Bearer …`.
    Token(SecretString),
    /// All clients that reach the listener.
    Everybody,
    /// No clients: another listener responds.
    Nobody,
}

impl Watchers {
    /// The response that refuses a request; `None` if the request is allowed.
    fn refusal(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<Response> {
        match self {
            Watchers::Everybody => None,
            Watchers::Nobody => Some((StatusCode::NOT_FOUND, "not found\n").into_response()),
            Watchers::Loopback => {
                let local = peer.is_some_and(|it| it.ip().to_canonical().is_loopback());
                let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
                let why = "available only on this machine: set `metrics-listen` or `metrics-token-file`\n";
                (!local || forwarded).then(|| (StatusCode::FORBIDDEN, why).into_response())
            }
            Watchers::Token(token) => {
                let sent = bearer(headers);
                let sent = sent.as_ref().map_or("", |it| it.expose_secret());
                let fits: bool = sent.as_bytes().ct_eq(token.expose_secret().as_bytes()).into();
                (!fits).then(|| {
                    let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"palisade\"")];
                    (
                        StatusCode::UNAUTHORIZED,
                        challenge,
                        "missing or invalid token: send the token of `metrics-token-file`\n",
                    )
                        .into_response()
                })
            }
        }
    }
}

/// The readiness of the service while it starts and stops.
#[derive(Clone)]
pub struct Readiness {
    stopping: Arc<AtomicBool>,
    metrics: PrometheusHandle,
    watchers: Watchers,
}

impl Readiness {
    /// Creates the state `ready`, with the recorder of the metrics for `/metrics`.
    pub fn new(metrics: PrometheusHandle) -> Readiness {
        Readiness { stopping: Arc::default(), metrics, watchers: Watchers::default() }
    }

    /// The same state, for a listener with other permitted clients.
    #[must_use]
    pub fn watched_by(&self, watchers: Watchers) -> Readiness {
        Readiness { watchers, ..self.clone() }
    }

    /// From now on load balancers should send no new requests.
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
    let watchers = readiness.watchers.clone();
    Router::new()
        .route("/readyz", get(ready))
        .route("/healthz", get(ready))
        .route("/metrics", get(show))
        .route_layer(from_fn_with_state(watchers, watched))
        .route("/livez", get(|| async { "live\n" }))
        .with_state(Health { service, readiness })
}

async fn watched(State(watchers): State<Watchers>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0);
    match watchers.refusal(peer, request.headers()) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    }
}

async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.readiness.stopping.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(PATIENCE, health.service.check_database()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not respond\n"),
    }
}

async fn show(State(health): State<Health>) -> String {
    // The value of all hosts, also from before the start. If the database does not respond, the last value is kept.
    let deliveries = health.service.deliveries();
    let newest = deliveries.newest_at();
    if let Ok(Ok(Some(at))) = tokio::time::timeout(PATIENCE, newest).await {
        figures::last_delivery(at);
    }
    health.readiness.metrics.run_upkeep();
    health.readiness.metrics.render()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::Watchers;

    #[test]
    fn who_sees_figures_and_health() {
        let token = || Watchers::Token("a token of this test".into());
        let headers = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            if !name.is_empty() {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            headers
        };
        let (here, mapped, there) = ("127.0.0.1:9", "[::ffff:127.0.0.1]:9", "192.0.2.1:9");
        for (watchers, peer, name, value, expected) in [
            (Watchers::Loopback, here, "", "", None),
            (Watchers::Loopback, mapped, "", "", None),
            (Watchers::Loopback, "[::1]:9", "", "", None),
            (Watchers::Loopback, there, "", "", Some(403)),
            (Watchers::Loopback, "", "", "", Some(403)),
            (Watchers::Loopback, here, "x-forwarded-for", "192.0.2.1", Some(403)),
            (Watchers::Loopback, here, "forwarded", "for=192.0.2.1", Some(403)),
            (Watchers::Loopback, here, "via", "1.1 proxy", Some(403)),
            (token(), there, "authorization", "Bearer a token of this test", None),
            (token(), there, "authorization", "Bearer a token of this tesT", Some(401)),
            (token(), there, "authorization", "Bearer a token", Some(401)),
            (token(), there, "authorization", "Bearer ", Some(401)),
            (token(), here, "", "", Some(401)),
            (Watchers::Everybody, there, "", "", None),
            (Watchers::Nobody, here, "", "", Some(404)),
        ] {
            let peer = (!peer.is_empty()).then(|| peer.parse().unwrap());
            let refusal = watchers.refusal(peer, &headers(name, value)).map(|it| it.status().as_u16());
            assert_eq!(refusal, expected, "{watchers:?} {peer:?} {name} {value}");
        }
    }
}
