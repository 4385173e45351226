//! Who asks, and their own tokens.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use palisade_service::Service;
use palisade_store::Role;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::answer::{Answer, done};
use crate::api::error::ApiError;
use crate::api::guard::Caller;
use crate::api::input::{Asked, Input};
use crate::api::list::{List, Paging};
use crate::api::tokens::{NewToken, ShownToken, Token, of_user, shown};

/// The user of the token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Id of the user.
    id: String,
    name: String,
    /// `viewer`, `triager`, `integrator` or `admin`.
    #[schema(value_type = String)]
    role: Role,
    /// Actions that both the user and the token allow.
    scopes: Vec<String>,
}

/// Returns the user of the token.
#[utoipa::path(get, path = "/me", operation_id = "me.show", tag = "me",
    responses((status = 200, description = "The user.", body = Me)))]
pub(crate) async fn show(Extension(caller): Extension<Caller>) -> Json<Me> {
    Json(Me { id: caller.user.id, name: caller.user.name, role: caller.user.role, scopes: caller.scopes })
}

/// Lists your tokens.
#[utoipa::path(get, path = "/me/tokens", operation_id = "me.list_tokens", tag = "me", params(Paging),
    responses((status = 200, description = "A page of tokens.", body = List<Token>)))]
pub(crate) async fn list_tokens(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Token>>, ApiError> {
    of_user(&service, &caller.user.id, paging).await
}

/// Creates a token for yourself, with at most the scopes and the expiry of the request's token.
#[utoipa::path(post, path = "/me/tokens", operation_id = "me.create_token", tag = "me", request_body = NewToken,
    responses((status = 201, description = "Created.", body = ShownToken)))]
pub(crate) async fn create_token(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Input(new): Input<NewToken>,
) -> Answer {
    let by = caller.authority();
    Ok(shown(service.make_token(&caller.user.id, &new.name, &new.scopes, &by, new.expires()?).await?))
}

/// Deletes one of your tokens: the request's token, or one whose scopes it includes.
#[utoipa::path(delete, path = "/me/tokens/{id}", operation_id = "me.delete_token", tag = "me",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete_token(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Answer {
    service.remove_token_of(&caller.user.id, &id, &caller.authority()).await?;
    Ok(done(&id, json!({})))
}
