//! A webhook of a repository, which this program created at the provider.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// A webhook of a repository, which this program created at the provider.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    /// Full name of the repository.
    pub repository: String,
    /// What could not be created, repaired or removed, in Markdown with the remediation.
    pub problems: Json<Vec<String>, Entity>,
    /// The time at which it last had the required state; 0 before the first time.
    pub ensured_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
