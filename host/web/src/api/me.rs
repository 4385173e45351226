//! The user of the token, and their own tokens.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use palisade_service::view::{List, Me, ShownToken, Token};
use palisade_service::{Caller, Service};
use serde_json::json;

use crate::api::answer::{Answer, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::Paging;
use crate::api::tokens::{NewToken, shown};

/// The user of the token.
#[utoipa::path(get, path = "/me", operation_id = "me.show", tag = "me",
    responses((status = 200, description = "The user.", body = Me)))]
pub(crate) async fn show(Extension(caller): Extension<Caller>) -> Json<Me> {
    Json(caller.me())
}

/// Lists your tokens.
#[utoipa::path(get, path = "/me/tokens", operation_id = "me.list_tokens", tag = "me", params(Paging),
    responses((status = 200, description = "A page of tokens.", body = List<Token>)))]
pub(crate) async fn list_tokens(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Token>>, ApiError> {
    Ok(Json(service.people().tokens(&caller.user.id, &paging.page()?).await?))
}

/// Creates a token for yourself, with at most the scopes and the expiry of the request's token.
#[utoipa::path(post, path = "/me/tokens", operation_id = "me.create_token", tag = "me", request_body = NewToken,
    responses((status = 201, description = "Created.", body = ShownToken)))]
pub(crate) async fn create_token(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Input(new): Input<NewToken>,
) -> Answer {
    let (user, by) = (&caller.user.id, &caller.authority);
    Ok(shown(&service.people().make_token(user, &new.name, &new.scopes, by, new.expires()?).await?))
}

/// Deletes one of your tokens: the request's token, or one whose scopes it includes.
#[utoipa::path(delete, path = "/me/tokens/{id}", operation_id = "me.delete_token", tag = "me",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete_token(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Answer {
    service.people().remove_token_of(&caller.user.id, &id, &caller.authority).await?;
    Ok(done(&id, json!({})))
}
