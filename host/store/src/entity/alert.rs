//! An alert of a detector for a provider's event.

use sea_orm::entity::prelude::*;

use super::{json::Json, kinds::AlertState};

/// An alert of a detector for a provider's event.
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

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
