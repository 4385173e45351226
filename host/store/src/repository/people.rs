//! Users and their tokens.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{
    Page, Role, Store, StoreError,
    entity::{token, user},
    new_id, now_ms, seal,
};

/// What every token begins with, so that scanners of secrets know it.
const PREFIX: &str = "pal_";
/// Random bytes of a token.
const BYTES: usize = 32;
/// The use of a token is noted so often at most, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// A token that was just made.
#[derive(Debug)]
pub struct NewToken {
    /// The row, which holds only the hash.
    pub token: token::Model,
    /// The token itself, to be shown once.
    pub text: SecretString,
}

/// Who a token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub user: user::Model,
    /// The token.
    pub token: token::Model,
}

/// Users and tokens.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    pub(crate) store: &'a Store,
}

impl People<'_> {
    /// Adds a user.
    pub async fn create(&self, name: &str, role: Role) -> Result<user::Model, StoreError> {
        let row =
            user::Model { id: new_id(), name: name.to_owned(), role, disabled: false, created_at: now_ms() };
        self.store.insert("user", name, row).await
    }

    /// Makes the first administrator with a token, if there is no user yet.
    pub async fn bootstrap(&self, name: &str, scopes: &[String]) -> Result<Option<NewToken>, StoreError> {
        if user::Entity::find().one(self.store.write()).await?.is_some() {
            return Ok(None);
        }
        let user = match self.create(name, Role::Admin).await {
            Ok(user) => user,
            // Another process was first.
            Err(StoreError::Taken { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        self.create_token(&user.id, "bootstrap", scopes, None).await.map(Some)
    }

    /// The user with that id.
    pub async fn get(&self, id: &str) -> Result<user::Model, StoreError> {
        self.store.find::<user::Entity>("user", id).await
    }

    /// The user with that name.
    pub async fn by_name(&self, name: &str) -> Result<Option<user::Model>, StoreError> {
        Ok(user::Entity::find().filter(user::Column::Name.eq(name)).one(self.store.read()).await?)
    }

    /// A page of the users.
    pub async fn list(&self, page: &Page) -> Result<Vec<user::Model>, StoreError> {
        page.fetch(self.store.read(), user::Entity::find(), user::Column::Id).await
    }

    /// Writes name, role and whether the user is disabled.
    pub async fn update(&self, row: user::Model) -> Result<(), StoreError> {
        let (id, name) = (row.id.clone(), row.name.clone());
        self.store.update("user", &id, &name, row).await
    }

    /// Deletes a user with the tokens.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<user::Entity>("user", id).await
    }

    /// Makes a token.
    pub async fn create_token(
        &self,
        user: &str,
        name: &str,
        scopes: &[String],
        expires_at: Option<i64>,
    ) -> Result<NewToken, StoreError> {
        let mut bytes = [0; BYTES];
        seal::random(&mut bytes)?;
        let text: SecretString = format!("{PREFIX}{}", data_encoding::HEXLOWER.encode(&bytes)).into();
        let row = token::Model {
            id: new_id(),
            user_id: user.to_owned(),
            name: name.to_owned(),
            hash: hash(&text),
            scopes: serde_json::to_string(scopes)?,
            expires_at,
            last_used_at: None,
            created_at: now_ms(),
        };
        Ok(NewToken { token: self.store.insert("token", name, row).await?, text })
    }

    /// A page of the tokens of a user.
    pub async fn tokens(&self, user: &str, page: &Page) -> Result<Vec<token::Model>, StoreError> {
        let query = token::Entity::find().filter(token::Column::UserId.eq(user));
        page.fetch(self.store.read(), query, token::Column::Id).await
    }

    /// Deletes a token.
    pub async fn delete_token(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<token::Entity>("token", id).await
    }

    /// Who the token speaks for; nobody if it is unknown, over, or its user is disabled. What does not look like a
    /// token is not looked up. The look-up is by hash, so how long it takes tells nothing of the token.
    pub async fn authenticate(&self, text: &SecretString) -> Result<Option<Identity>, StoreError> {
        if !looks_like_token(text.expose_secret()) {
            return Ok(None);
        }
        let query = token::Entity::find().filter(token::Column::Hash.eq(hash(text)));
        let Some(token) = query.one(self.store.read()).await? else { return Ok(None) };
        let now = now_ms();
        if token.expires_at.is_some_and(|at| at <= now) {
            return Ok(None);
        }
        let user = self.get(&token.user_id).await?;
        if user.disabled {
            return Ok(None);
        }
        if token.last_used_at.is_none_or(|at| at + NOTED_EVERY <= now) {
            let mut tx = self.store.begin().await?;
            let values = vec![(&token.id).into(), now.into()];
            tx.execute("UPDATE token SET last_used_at = $2 WHERE id = $1", values).await?;
            tx.commit().await?;
        }
        Ok(Some(Identity { user, token }))
    }
}

fn looks_like_token(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else { return false };
    rest.len() == 2 * BYTES && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hash(text: &SecretString) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.expose_secret().as_bytes()))
}
