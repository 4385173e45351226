//! One GitHub App on one server.

use sea_orm::entity::prelude::*;

/// One GitHub App on one server.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The provider's plugin, `github`.
    pub provider: String,
    /// Unique name.
    pub name: String,
    /// JSON map: `api_url`, `web_url`, `app_id`, and what else the provider asks. No secret.
    pub settings: String,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
