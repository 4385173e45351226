//! An entry of the audit log, which is a hash chain.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// An entry of the audit log, which is a hash chain.
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
    /// The hash covers its text.
    pub detail: Json<serde_json::Value, Entity>,
    /// The hash of the previous entry, hexadecimal.
    pub previous: String,
    /// SHA-256 of all other columns, hexadecimal.
    pub hash: String,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
