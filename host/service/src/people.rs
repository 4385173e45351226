//! Users and their tokens, with the rules for changes.

use palisade_store::repository as store;
use palisade_store::repository::people::Identity;
use palisade_store::{Page, Role, StoreError, entity, now_ms};
use secrecy::SecretString;

use crate::access::{self, Action, Authority};
use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// The maximum length of a name, in bytes.
const LONGEST: usize = 200;

/// Changes of a user; omitted fields stay unchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The new role.
    pub role: Option<Role>,
    /// Whether the user's tokens are refused.
    pub disabled: Option<bool>,
}

fn named(name: &str) -> Result<(), ServiceError> {
    let wrong = name.trim().is_empty() || name.len() > LONGEST || name.chars().any(char::is_control);
    if wrong {
        Err(ServiceError::invalid("name", format!("give a name of 1 to {LONGEST} bytes")))
    } else {
        Ok(())
    }
}

/// Whether a user has the permissions of an administrator now.
fn administers(user: &entity::user::Model) -> bool {
    user.role == Role::Admin && !user.disabled
}

/// The user of a token, and the permissions of the token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user.
    pub user: view::User,
    /// The name of the token.
    pub token: String,
    /// The actions that both the token and the role of its user allow.
    pub authority: Authority,
}

impl Caller {
    /// Whether both the user's role and the token's scopes allow an action.
    pub fn may(&self, action: Action) -> bool {
        access::allowed(self.user.role, &self.authority.scopes, action)
    }

    /// The user as shown to themselves.
    pub fn me(&self) -> view::Me {
        let user = self.user.clone();
        view::Me { id: user.id, name: user.name, role: user.role, scopes: self.authority.scopes.clone() }
    }
}

/// Users and their tokens.
pub struct People<'a> {
    service: &'a Service,
    rows: store::people::People<'a>,
}

impl Service {
    /// Returns the users and their tokens.
    pub fn people(&self) -> People<'_> {
        People { service: self, rows: self.0.store.people() }
    }
}

impl People<'_> {
    /// Returns the user of a token; `None` if the token is unknown or expired, or the user is disabled.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn authenticate(&self, token: &SecretString) -> Result<Option<Caller>, ServiceError> {
        let identity = match self.rows.authenticate(token).await {
            // The user was deleted between two queries.
            Err(StoreError::NotFound { .. }) => None,
            other => other?,
        };
        Ok(identity.map(|Identity { user, token }| {
            let open = access::scopes(user.role);
            let authority = Authority {
                token: token.id,
                scopes: token.scopes.into_value().into_iter().filter(|it| open.contains(it)).collect(),
                expires_at: token.expires_at,
            };
            Caller { user: user.into(), token: token.name, authority }
        }))
    }

    /// Lists the users, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, page: &Page) -> Result<List<view::User>, ServiceError> {
        let rows = self.rows.list(page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::User::from))
    }

    /// Adds a user.
    ///
    /// # Errors
    /// If the name is invalid or in use.
    pub async fn add(&self, name: &str, role: Role) -> Result<view::User, ServiceError> {
        named(name)?;
        Ok(self.rows.create(name, role).await?.into())
    }

    /// Changes a user.
    ///
    /// # Errors
    /// If the user does not exist, or no administrator would remain.
    pub async fn change(&self, id: &str, change: UserChange) -> Result<view::User, ServiceError> {
        let lock = self.service.one_at_a_time("people".to_owned());
        let _held = lock.lock().await;
        let before = self.rows.get(id).await?;
        let after = entity::user::Model {
            role: change.role.unwrap_or(before.role),
            disabled: change.disabled.unwrap_or(before.disabled),
            ..before.clone()
        };
        if administers(&before) && !administers(&after) {
            self.another_administers(id).await?;
        }
        self.rows.update(after.clone()).await?;
        Ok(after.into())
    }

    /// Deletes a user with their tokens; returns the deleted user.
    ///
    /// # Errors
    /// If the user does not exist, or no administrator would remain.
    pub async fn remove(&self, id: &str) -> Result<view::User, ServiceError> {
        let lock = self.service.one_at_a_time("people".to_owned());
        let _held = lock.lock().await;
        let user = self.rows.get(id).await?;
        if administers(&user) {
            self.another_administers(id).await?;
        }
        self.rows.delete(id).await?;
        Ok(user.into())
    }

    async fn another_administers(&self, id: &str) -> Result<(), ServiceError> {
        let list = async |page: Page| self.rows.list(&page).await;
        let users = Page::every(list, |it| &it.id).await?;
        if users.iter().any(|it| it.id != id && administers(it)) {
            return Ok(());
        }
        Err(ServiceError::invalid("role", "this is the last administrator: make another one first"))
    }

    /// Lists the tokens of a user, one page at a time.
    ///
    /// # Errors
    /// If the user does not exist.
    pub async fn tokens(&self, user: &str, page: &Page) -> Result<List<view::Token>, ServiceError> {
        self.rows.get(user).await?;
        let rows = self.rows.tokens(user, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Token::from))
    }

    /// Creates a token for a user. Its scopes are within the user's role and those of `by`, the token that creates it,
    /// and it does not expire later than that one.
    ///
    /// # Errors
    /// If the user does not exist, or the scopes or the expiry exceed the limits.
    pub async fn make_token(
        &self,
        user: &str,
        name: &str,
        scopes: &[String],
        by: &Authority,
        expires_at: Option<i64>,
    ) -> Result<view::ShownToken, ServiceError> {
        named(name)?;
        let user = self.rows.get(user).await?;
        let open: Vec<String> =
            access::scopes(user.role).into_iter().filter(|it| by.scopes.contains(it)).collect();
        if let Some(odd) = scopes.iter().find(|it| !open.contains(it)) {
            let open = open.join("`, `");
            return Err(ServiceError::invalid("scopes", format!("`{odd}` is none of `{open}`")));
        }
        let expires_at = by.expiry(expires_at)?;
        if expires_at.is_some_and(|at| at <= now_ms()) {
            return Err(ServiceError::invalid("expires_at", "it lies in the past"));
        }
        Ok(self.rows.create_token(&user.id, name, scopes, expires_at).await?.into())
    }

    /// Deletes a token of any user.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn remove_token(&self, id: &str) -> Result<(), ServiceError> {
        Ok(self.rows.delete_token(id).await?)
    }

    /// Deletes a token of a user with another token of the same user, which must have all its scopes. A token can
    /// always delete itself.
    ///
    /// # Errors
    /// If the user does not have this token, or it has more permissions than `by`.
    pub async fn remove_token_of(&self, user: &str, id: &str, by: &Authority) -> Result<(), ServiceError> {
        let token = self.rows.token(id).await?;
        if token.user_id != user {
            return Err(ServiceError::NotFound { what: "token", id: id.to_owned() });
        }
        if token.id != by.token {
            // Scopes that the role does not allow have no effect.
            let open = access::scopes(self.rows.get(user).await?.role);
            let scopes: Vec<String> = token.scopes.iter().filter(|it| open.contains(it)).cloned().collect();
            if let Some(lacking) = by.lacks(&scopes) {
                let why = format!(
                    "the token `{}` has the scope `{lacking}`, which the token that you send does not have: \
                     delete it with a token that has its scopes, or with itself",
                    token.name
                );
                return Err(ServiceError::Denied(why));
            }
        }
        Ok(self.rows.delete_token(id).await?)
    }
}
