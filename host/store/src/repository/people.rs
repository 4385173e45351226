//! Users and their tokens.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{
    Page, Role, Store, StoreError,
    entity::{json::Json, kinds::AsText, token, user},
    new_id, now_ms, seal,
    transaction::{Tx, Value},
};

/// The prefix of every token, for secret scanners.
const PREFIX: &str = "pal_";
/// The number of random bytes of a token.
const BYTES: usize = 32;
/// The minimum interval between updates of a token's last use, in milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// A new token.
#[derive(Debug)]
pub struct NewToken {
    /// The row, which contains only the hash.
    pub token: token::Model,
    /// The token itself, which is shown once.
    pub text: SecretString,
}

impl NewToken {
    /// Creates a token that is not stored yet: it cannot be used before [`People::keep_token`].
    pub fn make(
        user: &str,
        name: &str,
        scopes: &[String],
        expires_at: Option<i64>,
    ) -> Result<NewToken, StoreError> {
        let mut bytes = [0; BYTES];
        seal::random(&mut bytes)?;
        let text: SecretString = format!("{PREFIX}{}", data_encoding::HEXLOWER.encode(&bytes)).into();
        let token = token::Model {
            id: new_id(),
            user_id: user.to_owned(),
            name: name.to_owned(),
            hash: hash(&text),
            scopes: Json::new(scopes.to_vec())?,
            expires_at,
            last_used_at: None,
            created_at: now_ms(),
        };
        Ok(NewToken { token, text })
    }
}

/// The first administrator with a token; neither is stored yet.
#[derive(Debug)]
pub struct First {
    /// The user.
    pub user: user::Model,
    /// The token.
    pub token: NewToken,
}

impl First {
    /// Creates both; they cannot be used before [`People::keep_first`].
    pub fn make(name: &str, scopes: &[String]) -> Result<First, StoreError> {
        let user = new_user(name, Role::Admin);
        let token = NewToken::make(&user.id, "bootstrap", scopes, None)?;
        Ok(First { user, token })
    }
}

fn new_user(name: &str, role: Role) -> user::Model {
    user::Model { id: new_id(), name: name.to_owned(), role, disabled: false, created_at: now_ms() }
}

/// The user of a token.
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
        self.store.insert("user", name, new_user(name, role)).await
    }

    /// Whether no user exists yet.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(user::Entity::find().one(self.store.write()).await?.is_none())
    }

    /// Creates the first administrator with a token, if no user exists yet.
    pub async fn bootstrap(&self, name: &str, scopes: &[String]) -> Result<Option<NewToken>, StoreError> {
        if !self.is_empty().await? {
            return Ok(None);
        }
        let first = First::make(name, scopes)?;
        Ok(self.keep_first(&first).await?.then_some(first.token))
    }

    /// Stores the first administrator with the token, both or neither. Returns `false`, and changes nothing, if a user
    /// exists already, since another process was first.
    pub async fn keep_first(&self, first: &First) -> Result<bool, StoreError> {
        let mut tx = self.store.begin().await?;
        let user = &first.user;
        // If two processes see no user, the unique name lets only one succeed.
        let added = tx
            .execute(
                "INSERT INTO \"user\" (id, name, role, disabled, created_at) SELECT $1, $2, $3, $4, $5 \
                 WHERE NOT EXISTS (SELECT 1 FROM \"user\") ON CONFLICT DO NOTHING",
                vec![
                    Value::from(&user.id),
                    Value::from(&user.name),
                    user.role.as_text().into(),
                    user.disabled.into(),
                    user.created_at.into(),
                ],
            )
            .await?;
        if added == 0 {
            return Ok(false);
        }
        insert_token(&mut tx, &first.token.token).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Returns the user with this id.
    pub async fn get(&self, id: &str) -> Result<user::Model, StoreError> {
        self.store.find::<user::Entity>("user", id).await
    }

    /// Returns the user with this name.
    pub async fn by_name(&self, name: &str) -> Result<Option<user::Model>, StoreError> {
        Ok(user::Entity::find().filter(user::Column::Name.eq(name)).one(self.store.read()).await?)
    }

    /// Lists the users, one page at a time.
    pub async fn list(&self, page: &Page) -> Result<Vec<user::Model>, StoreError> {
        page.fetch(self.store.read(), user::Entity::find(), user::Column::Id).await
    }

    /// Updates name, role and whether the user is disabled.
    pub async fn update(&self, row: user::Model) -> Result<(), StoreError> {
        let (id, name) = (row.id.clone(), row.name.clone());
        self.store.update("user", &id, &name, row).await
    }

    /// Deletes a user with their tokens.
    pub async fn delete(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<user::Entity>("user", id).await
    }

    /// Creates and stores a token.
    pub async fn create_token(
        &self,
        user: &str,
        name: &str,
        scopes: &[String],
        expires_at: Option<i64>,
    ) -> Result<NewToken, StoreError> {
        let new = NewToken::make(user, name, scopes, expires_at)?;
        self.keep_token(&new).await?;
        Ok(new)
    }

    /// Stores a token: from now on it can be used.
    pub async fn keep_token(&self, new: &NewToken) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        insert_token(&mut tx, &new.token).await?;
        tx.commit().await
    }

    /// Returns the token with this id.
    pub async fn token(&self, id: &str) -> Result<token::Model, StoreError> {
        self.store.find::<token::Entity>("token", id).await
    }

    /// Lists the tokens of a user, one page at a time.
    pub async fn tokens(&self, user: &str, page: &Page) -> Result<Vec<token::Model>, StoreError> {
        let query = token::Entity::find().filter(token::Column::UserId.eq(user));
        page.fetch(self.store.read(), query, token::Column::Id).await
    }

    /// Deletes a token.
    pub async fn delete_token(&self, id: &str) -> Result<(), StoreError> {
        self.store.delete::<token::Entity>("token", id).await
    }

    /// Returns the user of a token; `None` if it is unknown or expired, or the user is disabled. A text without the
    /// format of a token is not looked up. The look-up is by hash, so its duration reveals nothing about the token.
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

async fn insert_token(tx: &mut Tx, row: &token::Model) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO token (id, user_id, name, hash, scopes, expires_at, last_used_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)",
        vec![
            Value::from(&row.id),
            Value::from(&row.user_id),
            Value::from(&row.name),
            Value::from(&row.hash),
            Value::from(row.scopes.text()),
            row.expires_at.into(),
            row.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

fn looks_like_token(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(PREFIX) else { return false };
    rest.len() == 2 * BYTES && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hash(text: &SecretString) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.expose_secret().as_bytes()))
}
