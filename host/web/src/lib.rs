//! The service's HTTP server: webhooks, the API, health. No business logic: what a request asks for is done by the service.

mod api;
mod figures;
mod health;
mod hooks;
mod server;

pub use api::openapi;
pub use health::{Readiness, Watchers};
pub use server::{Certificates, Listen, Places, ServeError, Tls, serve, serve_within};

use axum::Router;
use axum::middleware::from_fn;
use palisade_service::Service;

/// Everything that is served.
pub fn router(service: &Service, readiness: &Readiness) -> Router {
    figures::describe();
    Router::new()
        .merge(hooks::router(service.clone()))
        .merge(health::router(service.clone(), readiness.clone()))
        .merge(api::router(service.clone()))
        .layer(from_fn(figures::count))
}

/// Health and figures alone, for a listener of their own.
pub fn watch_router(service: &Service, readiness: &Readiness) -> Router {
    health::router(service.clone(), readiness.clone())
}
