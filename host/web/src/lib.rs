//! The service's door: webhooks, the API, health. No business logic: what a request asks for is done by the service.

mod api;
mod health;
mod hooks;
mod server;

pub use api::openapi;
pub use health::Readiness;
pub use server::{Listen, Places, ServeError, Tls, serve, serve_within};

use axum::Router;
use palisade_service::Service;

/// Everything that is served.
pub fn router(service: &Service, readiness: &Readiness) -> Router {
    Router::new()
        .merge(hooks::router(service.clone()))
        .merge(health::router(service.clone(), readiness.clone()))
        .merge(api::router(service.clone()))
}
