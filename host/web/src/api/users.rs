//! Users.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::{Service, UserChange as Change};
use palisade_store::Role;
use palisade_store::entity::user::Model;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::answer::{Answer, changed, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::{List, Paging, list as page_of};
use crate::api::time;

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: String,
    name: String,
    /// `viewer`, `triager`, `integrator` or `admin`; each includes the permissions of the previous ones.
    #[schema(value_type = String)]
    role: Role,
    /// Whether the user is disabled: all tokens are refused.
    disabled: bool,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Model> for User {
    fn from(row: Model) -> User {
        User {
            id: row.id,
            name: row.name,
            role: row.role,
            disabled: row.disabled,
            created_at: time::text(row.created_at),
        }
    }
}

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
    let page = paging.page()?;
    let rows = service.store().people().list(&page).await?;
    Ok(page_of(rows, &page, |it: &Model| it.id.clone()))
}

/// Creates a user.
#[utoipa::path(post, path = "/users", operation_id = "user.create", tag = "users", request_body = NewUser,
    responses((status = 201, description = "Created.", body = User)))]
pub(crate) async fn create(State(service): State<Service>, Input(new): Input<NewUser>) -> Answer {
    let row = service.add_user(&new.name, new.role).await?;
    Ok(created(&row.id.clone(), json!({ "name": row.name, "role": row.role }), User::from(row)))
}

/// Changes a user. The role of the last administrator cannot be changed.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "user.change", tag = "users",
    request_body = UserChange, responses((status = 200, description = "Changed.", body = User)))]
pub(crate) async fn change(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(new): Input<UserChange>,
) -> Answer {
    let row = service.change_user(&id, Change { role: new.role, disabled: new.disabled }).await?;
    let detail = json!({ "name": row.name, "role": row.role, "disabled": row.disabled });
    Ok(changed(&id, detail, User::from(row)))
}

/// Deletes a user with all tokens.
#[utoipa::path(delete, path = "/users/{id}", operation_id = "user.delete", tag = "users",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let name = service.store().people().get(&id).await?.name;
    service.remove_user(&id).await?;
    Ok(done(&id, json!({ "name": name })))
}
