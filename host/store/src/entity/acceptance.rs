//! An accepted risk.

use sea_orm::entity::prelude::*;

/// An accepted risk.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "acceptance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    /// Limits it to one source.
    pub source_id: Option<String>,
    pub fingerprint: Option<String>,
    pub control: Option<String>,
    /// A pattern of resource addresses.
    pub resource: Option<String>,
    /// A pattern of file paths.
    pub path: Option<String>,
    pub reason: String,
    pub until_at: Option<i64>,
    pub created_by: String,
    pub created_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
