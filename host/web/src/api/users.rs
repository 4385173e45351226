//! Users.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::view::{List, User};
use palisade_service::{Role, Service, UserChange as Change};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::answer::{Answer, changed, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::Paging;

/// A new user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    name: String,
    /// `viewer`, `triager`, `integrator` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// Changes of a user; omitted fields stay unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserChange {
    /// `viewer`, `triager`, `integrator` or `admin`.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// Whether the user is disabled: all tokens are refused.
    disabled: Option<bool>,
}

/// Lists users.
#[utoipa::path(get, path = "/users", operation_id = "user.list", tag = "users", params(Paging),
    responses((status = 200, description = "A page of users.", body = List<User>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<User>>, ApiError> {
    Ok(Json(service.people().list(&paging.page()?).await?))
}

/// Creates a user.
#[utoipa::path(post, path = "/users", operation_id = "user.create", tag = "users", request_body = NewUser,
    responses((status = 201, description = "Created.", body = User)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewUser>) -> Answer {
    let user = service.people().add(&new.name, new.role).await?;
    Ok(created(&user.id, json!({ "name": user.name, "role": user.role }), &user))
}

/// Changes a user. The role of the last administrator cannot be changed.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "user.change", tag = "users",
    request_body = UserChange, responses((status = 200, description = "Changed.", body = User)))]
pub(crate) async fn change(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(new): Input<UserChange>,
) -> Answer {
    let change = Change { role: new.role, disabled: new.disabled };
    let user = service.people().change(&id, change).await?;
    let detail = json!({ "name": user.name, "role": user.role, "disabled": user.disabled });
    Ok(changed(&id, detail, &user))
}

/// Deletes a user with all tokens.
#[utoipa::path(delete, path = "/users/{id}", operation_id = "user.delete", tag = "users",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let gone = service.people().remove(&id).await?;
    Ok(done(&id, json!({ "name": gone.name })))
}
