//! Adapters of Git hosts.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_service::view::{List, Provider};

/// Lists the adapters.
#[utoipa::path(get, path = "/providers", operation_id = "provider.list", tag = "providers",
    responses((status = 200, description = "All adapters.", body = List<Provider>)))]
pub(crate) async fn list(State(service): State<Service>) -> Json<List<Provider>> {
    Json(List::whole(service.providers()))
}
