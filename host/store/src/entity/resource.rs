//! A resource of the latest full scan of a source.

use sea_orm::entity::prelude::*;

/// A resource of the latest full scan of a source.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "resource")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub source_id: String,
    pub scan_id: String,
    /// The format of its file.
    pub origin: String,
    pub address: String,
    pub kind: String,
    pub path: String,
    pub line: i64,
    pub passed: i64,
    pub failed: i64,
    pub unknown: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
