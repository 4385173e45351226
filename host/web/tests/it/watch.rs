//! Metrics and health: their permitted clients, and their content.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use palisade_web::{Readiness, Watchers};
use tower::ServiceExt as _;

use crate::serving::service;

const HERE: &str = "127.0.0.1:4711";
const THERE: &str = "192.0.2.1:4711";

async fn get(router: &Router, path: &str, peer: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder().uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Route × configuration × client × token, and the status.
#[tokio::test(flavor = "multi_thread")]
async fn figures_and_health_are_for_those_who_run_it() {
    const TOKEN: &str = "a token of this test";
    let data = tempfile::tempdir().unwrap();
    let service = service(&data).await;
    let readiness =
        Readiness::new(metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle());
    let with = |watchers: Watchers| palisade_web::router(&service, &readiness.watched_by(watchers));
    let token = || Watchers::Token(TOKEN.into());
    let apart = |watchers: Watchers| palisade_web::watch_router(&service, &readiness.watched_by(watchers));
    for (name, router, peer, sent, expected) in [
        ("nothing configured", palisade_web::router(&service, &readiness), HERE, None, 200),
        ("nothing configured", palisade_web::router(&service, &readiness), THERE, None, 403),
        ("nothing configured", palisade_web::router(&service, &readiness), THERE, Some(TOKEN), 403),
        ("a token", with(token()), HERE, None, 401),
        ("a token", with(token()), THERE, Some("another token of this test"), 401),
        ("a token", with(token()), THERE, Some(TOKEN), 200),
        ("a listener", with(Watchers::Nobody), HERE, None, 404),
        ("a listener", with(Watchers::Nobody), HERE, Some(TOKEN), 404),
        ("the listener itself", apart(Watchers::Everybody), THERE, None, 200),
        ("the listener itself, with a token", apart(token()), THERE, None, 401),
        ("the listener itself, with a token", apart(token()), THERE, Some(TOKEN), 200),
    ] {
        for path in ["/readyz", "/healthz", "/metrics"] {
            let (status, text) = get(&router, path, peer, sent).await;
            assert_eq!(status.as_u16(), expected, "{name}: {path} from {peer} with {sent:?}: {text}");
        }
        assert_eq!(get(&router, "/livez", peer, sent).await, (StatusCode::OK, "live\n".to_owned()));
    }
    // The separate listener has no other routes.
    for path in ["/api/v1/status", "/api/openapi.json", "/hooks/x"] {
        assert_eq!(
            get(&apart(Watchers::Everybody), path, HERE, None).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // The description of the API is still public.
    assert_eq!(get(&with(token()), "/api/openapi.json", THERE, None).await.0, StatusCode::OK);
    readiness.stop();
    let stopping = get(&with(Watchers::Everybody), "/readyz", THERE, None).await;
    assert_eq!(stopping, (StatusCode::SERVICE_UNAVAILABLE, "stopping\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_count_requests_by_their_route() {
    let data = tempfile::tempdir().unwrap();
    let service = service(&data).await;
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().unwrap();
    let router = palisade_web::router(&service, &Readiness::new(recorder));
    for path in ["/api/v1/scans/one", "/api/v1/scans/two", "/nothing/of/it", "/livez"] {
        get(&router, path, THERE, None).await;
    }
    let strange = Request::builder().method("BREW").uri("/livez").body(Body::empty()).unwrap();
    router.clone().oneshot(strange).await.unwrap();
    let hook = Request::post("/hooks/none").body(Body::from("{}")).unwrap();
    assert_eq!(router.clone().oneshot(hook).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let (_, text) = get(&router, "/metrics", HERE, None).await;
    for line in [
        "palisade_http_requests_total{method=\"GET\",route=\"/api/v1/scans/{id}\",status=\"401\"} 2",
        "palisade_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1",
        "palisade_http_requests_total{method=\"GET\",route=\"/livez\",status=\"200\"} 1",
        "palisade_http_requests_total{method=\"other\",route=\"/livez\",status=\"405\"} 1",
        "palisade_http_requests_total{method=\"POST\",route=\"/hooks/{connection}\",status=\"401\"} 1",
        "palisade_deliveries_refused_total{reason=\"unknown_connection\"} 1",
        "palisade_deliveries_total{status=\"401\"} 1",
        "# HELP palisade_http_requests_total Requests that were answered, by method, route and status.",
    ] {
        assert!(text.lines().any(|it| it == line), "`{line}` is missing:\n{text}");
    }
    assert!(
        !text.contains("nothing/of/it") && !text.contains("BREW"),
        "what clients make up is no label: {text}"
    );
    // No delivery was accepted, so the metric of its time is missing.
    assert!(!text.contains("\npalisade_last_delivery_timestamp_seconds "), "{text}");
}
