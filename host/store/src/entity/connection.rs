//! A connection: one set of credentials for one server of a provider.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// One set of credentials for one server of a provider.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Id of the provider.
    pub provider: String,
    /// Unique name.
    pub name: String,
    /// A JSON object: `api_url`, `web_url`, `app_id`, and other settings of the provider. It contains no secret.
    pub settings: Json<serde_json::Value, Entity>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
