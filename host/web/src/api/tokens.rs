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
    /// Of `read`, `triage`, `integrate`, `administer`: those that the user's role and the token that makes it allow.
    pub(crate) scopes: Vec<String>,
    /// RFC 3339, no later than the expiry of the token that makes it; without one it expires with that token.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
}

impl NewToken {
    /// When it expires, in Unix milliseconds.
    pub(crate) fn expires(&self) -> Result<Option<i64>, ApiError> {
        self.expires_at.as_deref().map(|it| time::read("expires_at", it)).transpose()
    }
}

/// What the audit log says of a token.
fn detail(token: &Token) -> Value {
    json!({ "user": token.user, "name": token.name, "scopes": token.scopes, "expires_at": token.expires_at })
}

/// 201 with the token itself.
pub(crate) fn shown(made: &ShownToken) -> Response {
    created(&made.token.id, detail(&made.token), made)
}

/// The tokens of a user.
#[utoipa::path(get, path = "/users/{id}/tokens", operation_id = "token.list", tag = "users", params(Paging),
    responses((status = 200, description = "A page of them.", body = List<Token>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Token>>, ApiError> {
    Ok(Json(service.people().tokens(&id, &paging.page()?).await?))
}

/// Makes a token for a user, which may do no more, and for no longer, than the one you ask with.
#[utoipa::path(post, path = "/users/{id}/tokens", operation_id = "token.create", tag = "users",
    request_body = NewToken, responses((status = 201, description = "Made.", body = ShownToken)))]
pub(crate) async fn create(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Input(new): Input<NewToken>,
) -> Answer {
    let people = service.people();
    Ok(shown(&people.make_token(&id, &new.name, &new.scopes, &caller.authority, new.expires()?).await?))
}

/// Deletes a token, whose ever it is.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "token.delete", tag = "users",
    responses((status = 204, description = "Gone.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.people().remove_token(&id).await?;
    Ok(done(&id, json!({})))
}
