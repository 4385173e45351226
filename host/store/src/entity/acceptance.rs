//! A risk that somebody accepted.

use sea_orm::entity::prelude::*;

/// A risk that somebody accepted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    /// Of one source only.
    pub source_id: Option<String>,
    pub fingerprint: Option<String>,
    pub control: Option<String>,
    /// A pattern of addresses.
    pub resource: Option<String>,
    /// A pattern of files.
    pub path: Option<String>,
    pub reason: String,
    pub until_at: Option<i64>,
    pub created_by: String,
    pub created_at: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
