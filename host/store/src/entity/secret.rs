//! One sealed secret of one owner.

use sea_orm::entity::prelude::*;

/// One sealed secret of one owner.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secret")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Part of the associated data: how the blob is laid out.
    pub version: i64,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
    /// The key that sealed it.
    pub key_id: String,
    pub updated_at: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
