//! The HTTP server of the service: webhooks, the API, health. It contains no business logic: the service handles
//! requests.

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

/// The router with all routes.
pub fn router(service: &Service, readiness: &Readiness) -> Router {
    figures::describe();
    Router::new()
        .merge(hooks::router(service.clone()))
        .merge(health::router(service.clone(), readiness.clone()))
        .merge(api::router(service.clone()))
        .layer(from_fn(figures::count))
}

/// The router with health and metrics only, for a separate listener.
pub fn watch_router(service: &Service, readiness: &Readiness) -> Router {
    health::router(service.clone(), readiness.clone())
}
