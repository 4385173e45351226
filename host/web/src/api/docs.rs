//! The description of the API, as JSON and as a page.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The path of the description.
const DESCRIPTION: &str = "/api/openapi.json";
/// The Content-Security-Policy of the page: only resources of this server, with inline styles and `data:` images.
const PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// `/api/openapi.json` and `/api/docs`, which need no token: they are the same for all users.
pub(crate) fn router() -> Router {
    // Disables the validator, which is a third-party service.
    let config = Config::new([DESCRIPTION]).validator_url("none");
    let page: Router = SwaggerUi::new("/api/docs").config(config).into();
    let description = Arc::new(super::openapi());
    page.layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, PAGE))
        .route(DESCRIPTION, get(move || async move { Json(description) }))
}
