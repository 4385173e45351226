//! What a detector saw in the provider's events.

use sea_orm::entity::prelude::*;

use super::{json::Json, kinds::AlertState};

/// What a detector saw in the provider's events.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    pub detector: String,
    pub rule: String,
    pub severity: String,
    pub title: String,
    pub event: Json<serde_json::Value, Entity>,
    pub occurred_at: i64,
    pub created_at: i64,
    pub state: AlertState,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
