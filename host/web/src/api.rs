//! The API, under `/api/v1`.

use axum::Router;
use palisade_service::Service;

/// The API's own description, OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    utoipa::openapi::OpenApiBuilder::new().build()
}

/// The API's routes.
pub(crate) fn router(_service: Service) -> Router {
    Router::new()
}
