//! The description of the API, for programs and for people.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Where the description is.
const DESCRIPTION: &str = "/api/openapi.json";
/// What the page may load: what comes from here. It sets styles of its own, and holds pictures within them.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// `/api/openapi.json` and `/api/docs`, which need no token: they are the same for everybody.
pub(crate) fn router() -> Router {
    // No stranger is asked whether the description is valid.
    let config = Config::new([DESCRIPTION]).validator_url("none");
    let page: Router = SwaggerUi::new("/api/docs").config(config).into();
    let description = Arc::new(super::openapi());
    page.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, PAGE))
        .route(DESCRIPTION, get(move || async move { Json(description) }))
}
