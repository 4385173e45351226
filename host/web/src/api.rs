//! The API, under `/api/v1`, and its description.
//!
//! Every operation is registered with the [`palisade_service::Action`] that it needs. The guard refuses operations that
//! are not registered, and writes an entry of the audit log for each change.

mod acceptances;
mod answer;
mod audit;
mod checks;
mod connections;
mod controls;
mod deliveries;
mod docs;
mod error;
mod folders;
mod guard;
mod input;
mod integrations;
mod list;
mod me;
mod providers;
mod pulls;
mod registry;
mod resources;
mod scans;
mod sources;
mod status;
mod time;
mod tokens;
mod users;

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use palisade_service::{Action, Service};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::routes;

use crate::api::error::ApiError;
use crate::api::guard::Guard;
pub(crate) use crate::api::guard::bearer;
use crate::api::registry::{PREFIX, Registry};

/// The maximum size of a request body, in bytes.
const LARGEST: usize = 1 << 20;
/// The timeout of a request.
const PATIENCE: Duration = Duration::from_mins(1);
/// The Content-Security-Policy of responses: a browser may load nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Every operation, and the action that it needs.
fn registry() -> Registry {
    use Action::{Administer, Integrate, Read, Triage};
    Registry::default()
        .add(Read, routes!(status::show))
        .add(Read, routes!(me::show))
        .add(Read, routes!(me::list_tokens))
        .add(Read, routes!(me::create_token))
        .add(Read, routes!(me::delete_token))
        .add(Read, routes!(providers::list))
        .add(Read, routes!(connections::list))
        .add(Integrate, routes!(connections::create))
        .add(Read, routes!(connections::show))
        .add(Integrate, routes!(connections::delete))
        .add(Integrate, routes!(connections::test))
        .add(Integrate, routes!(connections::set_secret))
        .add(Integrate, routes!(connections::revoke_secret))
        .add(Integrate, routes!(connections::set_hook))
        .add(Integrate, routes!(connections::accounts))
        .add(Read, routes!(integrations::list))
        .add(Integrate, routes!(integrations::create))
        .add(Read, routes!(integrations::show))
        .add(Integrate, routes!(integrations::rename))
        .add(Integrate, routes!(integrations::delete))
        .add(Integrate, routes!(integrations::check))
        .add(Integrate, routes!(integrations::scan))
        .add(Integrate, routes!(folders::repositories))
        .add(Integrate, routes!(folders::folders))
        .add(Integrate, routes!(folders::preview))
        .add(Read, routes!(sources::list))
        .add(Integrate, routes!(sources::create))
        .add(Read, routes!(sources::show))
        .add(Integrate, routes!(sources::replace))
        .add(Integrate, routes!(sources::delete))
        .add(Integrate, routes!(sources::scan))
        .add(Read, routes!(sources::policies))
        .add(Read, routes!(scans::list))
        .add(Read, routes!(scans::show))
        .add(Read, routes!(scans::report))
        .add(Read, routes!(scans::results))
        .add(Read, routes!(checks::list))
        .add(Read, routes!(checks::show))
        .add(Read, routes!(pulls::list))
        .add(Triage, routes!(pulls::recheck))
        .add(Read, routes!(deliveries::list))
        .add(Read, routes!(deliveries::show))
        .add(Integrate, routes!(deliveries::redeliver))
        .add(Read, routes!(resources::list))
        .add(Read, routes!(controls::support))
        .add(Read, routes!(controls::controls))
        .add(Read, routes!(controls::policies))
        .add(Read, routes!(acceptances::list))
        .add(Triage, routes!(acceptances::create))
        .add(Triage, routes!(acceptances::delete))
        .add(Administer, routes!(users::list))
        .add(Administer, routes!(users::create))
        .add(Administer, routes!(users::change))
        .add(Administer, routes!(users::delete))
        .add(Administer, routes!(tokens::list))
        .add(Administer, routes!(tokens::create))
        .add(Administer, routes!(tokens::delete))
        .add(Administer, routes!(audit::list))
        .add(Administer, routes!(audit::verify))
}

/// The description of the API, in version 3.1 of the `OpenAPI` specification. The `security` of an operation contains
/// its action.
pub fn openapi() -> utoipa::openapi::OpenApi {
    registry().describe()
}

/// The routes of the API.
pub(crate) fn router(service: Service) -> Router {
    let (routes, operations) = registry().split();
    let guard = Guard::new(service.clone(), operations);
    let guarded = routes.fallback(absent).layer(from_fn_with_state(guard, guard::pass)).with_state(service);
    let router = Router::new()
        .nest(PREFIX, guarded)
        .merge(docs::router())
        .route("/api", any(absent))
        .route("/api/{*rest}", any(absent));
    limited(router, PATIENCE)
}

/// The layers of all routes: headers, errors, panics, timeout, size limit.
fn limited(router: Router, patience: Duration) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    let outside = ServiceBuilder::new()
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, NOTHING))
        .layer(from_fn(error::uniform))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn_with_state(patience, in_time))
        .layer(DefaultBodyLimit::max(LARGEST));
    router.layer(outside)
}

async fn absent() -> ApiError {
    ApiError::absent("not found: no operation at this path")
}

async fn in_time(State(patience): State<Duration>, request: Request, next: Next) -> Response {
    if let Ok(response) = tokio::time::timeout(patience, next.run(request)).await {
        return response;
    }
    let why = format!(
        "the request took longer than {} s: a change that it started may still complete",
        patience.as_secs()
    );
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", why).into_response()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_panic_says_nothing_of_itself() {
        async fn breaks() -> &'static str {
            panic!("the key is 4711")
        }
        let router = super::limited(Router::new().route("/", get(breaks)), super::PATIENCE);
        let response = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let body = to_bytes(response.into_body(), 1_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("\"code\":\"internal\"") && !body.contains("4711"), "{body}");
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_given_up() {
        async fn waits() -> &'static str {
            std::future::pending::<()>().await;
            "never"
        }
        let router = super::limited(Router::new().route("/", get(waits)), Duration::from_millis(20));
        let response = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
