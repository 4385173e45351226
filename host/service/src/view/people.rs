//! Users and their tokens.

use palisade_store::Role;
use palisade_store::entity::{token, user};
use palisade_store::repository::people::NewToken;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    pub id: String,
    pub name: String,
    /// `viewer`, `triager`, `integrator` or `admin`; each includes the permissions of the previous ones.
    #[schema(value_type = String)]
    pub role: Role,
    /// Whether the user is disabled: all tokens are refused.
    pub disabled: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

impl From<user::Model> for User {
    fn from(row: user::Model) -> User {
        User {
            id: row.id,
            name: row.name,
            role: row.role,
            disabled: row.disabled,
            created_at: Time(row.created_at),
        }
    }
}

/// Returns the user of the token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// Id of the user.
    pub id: String,
    pub name: String,
    /// `viewer`, `triager`, `integrator` or `admin`.
    #[schema(value_type = String)]
    pub role: Role,
    /// Actions that both the user and the token allow.
    pub scopes: Vec<String>,
}

/// A token, without its value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    pub id: String,
    /// Id of the user.
    pub user: String,
    pub name: String,
    /// Of `read`, `triage`, `integrate`, `administer`.
    pub scopes: Vec<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

/// A new token. Its value is returned only once.
#[derive(Serialize, ToSchema)]
pub struct ShownToken {
    #[serde(flatten)]
    pub token: Token,
    /// Value for `Authorization: Bearer …`.
    pub secret: String,
}

impl From<token::Model> for Token {
    fn from(row: token::Model) -> Token {
        Token {
            id: row.id,
            user: row.user_id,
            name: row.name,
            scopes: row.scopes.into_value(),
            expires_at: row.expires_at.map(Time),
            last_used_at: row.last_used_at.map(Time),
            created_at: Time(row.created_at),
        }
    }
}

impl From<NewToken> for ShownToken {
    fn from(made: NewToken) -> ShownToken {
        ShownToken { token: made.token.into(), secret: made.text.expose_secret().to_owned() }
    }
}
