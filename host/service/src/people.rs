//! Users and their tokens, and what must stay true of them.

use palisade_store::repository::people::NewToken;
use palisade_store::{Page, Role, StoreError, entity, now_ms};

use crate::access::{self, Authority};
use crate::error::ServiceError;
use crate::service::Service;

/// The longest name, in bytes.
const LONGEST: usize = 200;

/// What is changed of a user; what is not given stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// What the user may do.
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

/// Whether a user can administer now.
fn administers(user: &entity::user::Model) -> bool {
    user.role == Role::Admin && !user.disabled
}

impl Service {
    /// Adds a user.
    ///
    /// # Errors
    /// Where the name is taken or no name.
    pub async fn add_user(&self, name: &str, role: Role) -> Result<entity::user::Model, ServiceError> {
        named(name)?;
        Ok(self.0.store.people().create(name, role).await?)
    }

    /// Changes a user.
    ///
    /// # Errors
    /// Where there is none, or nobody could administer any more.
    pub async fn change_user(
        &self,
        id: &str,
        change: UserChange,
    ) -> Result<entity::user::Model, ServiceError> {
        let lock = self.one_at_a_time("people".to_owned());
        let _held = lock.lock().await;
        let before = self.0.store.people().get(id).await?;
        let after = entity::user::Model {
            role: change.role.unwrap_or(before.role),
            disabled: change.disabled.unwrap_or(before.disabled),
            ..before.clone()
        };
        if administers(&before) && !administers(&after) {
            self.another_administers(id).await?;
        }
        self.0.store.people().update(after.clone()).await?;
        Ok(after)
    }

    /// Deletes a user with the tokens.
    ///
    /// # Errors
    /// Where there is none, or nobody could administer any more.
    pub async fn remove_user(&self, id: &str) -> Result<(), ServiceError> {
        let lock = self.one_at_a_time("people".to_owned());
        let _held = lock.lock().await;
        if administers(&self.0.store.people().get(id).await?) {
            self.another_administers(id).await?;
        }
        Ok(self.0.store.people().delete(id).await?)
    }

    async fn another_administers(&self, id: &str) -> Result<(), ServiceError> {
        let store = &self.0.store;
        let list = async |page: Page| store.people().list(&page).await;
        let users = Page::every(list, |it| &it.id).await?;
        if users.iter().any(|it| it.id != id && administers(it)) {
            return Ok(());
        }
        Err(ServiceError::invalid("role", "this is the last administrator: make another one first"))
    }

    /// Makes a token for a user. Its scopes fit the user's role and are among those of `by`, the token that it is made
    /// with, and it expires no later than that one.
    ///
    /// # Errors
    /// Where there is no such user, or what is asked for is too much.
    pub async fn make_token(
        &self,
        user: &str,
        name: &str,
        scopes: &[String],
        by: &Authority,
        expires_at: Option<i64>,
    ) -> Result<NewToken, ServiceError> {
        named(name)?;
        let user = self.0.store.people().get(user).await?;
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
        Ok(self.0.store.people().create_token(&user.id, name, scopes, expires_at).await?)
    }

    /// Deletes a token of a user with another one of that user, which must have all its scopes. A token can always
    /// delete itself.
    ///
    /// # Errors
    /// Where that user has no such token, or it may do more than `by`.
    pub async fn remove_token_of(&self, user: &str, id: &str, by: &Authority) -> Result<(), ServiceError> {
        let people = self.0.store.people();
        let token = people.token(id).await?;
        if token.user_id != user {
            return Err(StoreError::NotFound { what: "token", id: id.to_owned() }.into());
        }
        if token.id != by.token {
            let scopes: Vec<String> = serde_json::from_str(&token.scopes).map_err(ServiceError::internal)?;
            // What the role does not allow, neither of them can do.
            let open = access::scopes(people.get(user).await?.role);
            let scopes: Vec<String> = scopes.into_iter().filter(|it| open.contains(it)).collect();
            if let Some(lacking) = by.lacks(&scopes) {
                let why = format!(
                    "the token `{}` has the scope `{lacking}`, which the token that you send does not have: \
                     delete it with a token that has its scopes, or with itself",
                    token.name
                );
                return Err(ServiceError::Denied(why));
            }
        }
        Ok(people.delete_token(id).await?)
    }
}
