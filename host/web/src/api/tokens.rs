//! Tokens of users.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::{Extension, Json};
use palisade_service::Service;
use palisade_store::entity::token::Model;
use palisade_store::repository::people::NewToken as Made;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::answer::{Answer, created, done};
use crate::api::error::ApiError;
use crate::api::guard::Caller;
use crate::api::input::{Asked, Input};
use crate::api::list::{List, Paging, list as page_of};
use crate::api::time;

/// A token, without its value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    id: String,
    /// Id of the user.
    user: String,
    name: String,
    /// Of `read`, `triage`, `integrate`, `administer`.
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Model> for Token {
    fn from(row: Model) -> Token {
        Token {
            id: row.id,
            user: row.user_id,
            name: row.name,
            scopes: serde_json::from_str(&row.scopes).unwrap_or_default(),
            expires_at: row.expires_at.map(time::text),
            last_used_at: row.last_used_at.map(time::text),
            created_at: time::text(row.created_at),
        }
    }
}

/// A new token. Its value is returned only once.
#[derive(Serialize, ToSchema)]
pub(crate) struct ShownToken {
    #[serde(flatten)]
    token: Token,
    /// Value for `Authorization: Bearer …`.
    secret: String,
}

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
    /// When it expires, in Unix milliseconds.
    pub(crate) fn expires(&self) -> Result<Option<i64>, ApiError> {
        self.expires_at.as_deref().map(|it| time::read("expires_at", it)).transpose()
    }
}

/// The detail of a token in the audit log.
fn detail(token: &Token) -> Value {
    json!({ "user": token.user, "name": token.name, "scopes": token.scopes, "expires_at": token.expires_at })
}

/// 201 with the token itself.
pub(crate) fn shown(made: Made) -> Response {
    let token = Token::from(made.token);
    let (id, detail) = (token.id.clone(), detail(&token));
    created(&id, detail, ShownToken { token, secret: made.text.expose_secret().to_owned() })
}

/// A page of a user's tokens.
pub(crate) async fn of_user(
    service: &Service,
    user: &str,
    paging: Paging,
) -> Result<Json<List<Token>>, ApiError> {
    let page = paging.page()?;
    let rows = service.store().people().tokens(user, &page).await?;
    Ok(page_of(rows, &page, |it: &Model| it.id.clone()))
}

/// Lists the tokens of a user.
#[utoipa::path(get, path = "/users/{id}/tokens", operation_id = "token.list", tag = "users", params(Paging),
    responses((status = 200, description = "A page of tokens.", body = List<Token>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Token>>, ApiError> {
    service.store().people().get(&id).await?;
    of_user(&service, &id, paging).await
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
    Ok(shown(service.make_token(&id, &new.name, &new.scopes, &caller.authority(), new.expires()?).await?))
}

/// Deletes a token of any user.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "token.delete", tag = "users",
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    service.store().people().delete_token(&id).await?;
    Ok(done(&id, json!({})))
}
