//! Tokens of users.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Json};
use palisade_service::view::{List, ShownToken, Token};
use palisade_service::{Caller, Service};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::answer::{Answer, created, done};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::Paging;
use crate::api::time;

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    pub(crate) name: String,
    /// Of `read`, `triage`, `integrate`, `administer`: within the user's role and the scopes of the request's token.
    pub(crate) scopes: Vec<String>,
    /// Expiry (RFC 3339), no later than that of the request's token; default: the same expiry.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
}

impl NewToken {
    /// Returns the expiry in Unix milliseconds.
    pub(crate) fn expires(&self) -> Result<Option<i64>, ApiError> {
        self.expires_at.as_deref().map(|it| time::read("expires_at", it)).transpose()
    }
}

/// The details of a token in the audit log.
fn detail(token: &Token) -> Value {
    json!({ "user": token.user, "name": token.name, "scopes": token.scopes, "expires_at": token.expires_at })
}

/// 201 with the token itself.
pub(crate) fn shown(made: &ShownToken) -> Response {
    created(&made.token.id, detail(&made.token), made)
}

/// Lists the tokens of a user.
#[utoipa::path(get, path = "/users/{id}/tokens", operation_id = "token.list", tag = "users", params(Paging),
    responses((status = 200, description = "A page of tokens.", body = List<Token>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Token>>, ApiError> {
    Ok(Json(service.people().tokens(&id, &paging.page()?).await?))
}

/// Creates a token for a user, with at most the scopes and the expiry of the request's token.
#[utoipa::path(post, path = "/users/{id}/tokens", operation_id = "token.create", tag = "users",
    request_body = NewToken, responses((status = 201, description = "Created.", body = ShownToken)))]
pub(crate) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Input(new): Input<NewToken>,
) -> Answer {
    let people = service.people();
    Ok(shown(&people.make_token(&id, &new.name, &new.scopes, &caller.authority, new.expires()?).await?))
}

/// Deletes a token of any user.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "token.delete", tag = "users",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.people().remove_token(&id).await?;
    Ok(done(&id, json!({})))
}
