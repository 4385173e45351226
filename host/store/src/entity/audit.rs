//! One link of the chain of what people and the service did.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// One link of the chain of what people and the service did.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// The hash is over its text.
    pub detail: Json<serde_json::Value, Entity>,
    /// The hash of the link before, hexadecimal.
    pub previous: String,
    /// SHA-256 over all the other columns, hexadecimal.
    pub hash: String,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
