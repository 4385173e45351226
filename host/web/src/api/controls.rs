//! What the plugins can judge: formats, controls, policies.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_service::view::{Control, List, Requirement, Support};

/// Supported formats, kinds and packs.
#[utoipa::path(get, path = "/support", operation_id = "support.show", tag = "support",
    responses((status = 200, description = "Supported formats, kinds and packs.", body = Support)))]
pub(crate) async fn support(State(service): State<Service>) -> Json<Support> {
    Json(service.support())
}

/// Lists all controls.
#[utoipa::path(get, path = "/controls", operation_id = "control.list", tag = "support",
    responses((status = 200, description = "All controls.", body = List<Control>)))]
pub(crate) async fn controls(State(service): State<Service>) -> Json<List<Control>> {
    Json(List::whole(service.controls()))
}

/// Lists the requirements of policies with their controls.
#[utoipa::path(get, path = "/policies", operation_id = "policy.list", tag = "support",
    responses((status = 200, description = "All requirements.", body = List<Requirement>)))]
pub(crate) async fn policies(State(service): State<Service>) -> Json<List<Requirement>> {
    Json(List::whole(service.policies()))
}
