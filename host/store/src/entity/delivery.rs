//! One accepted webhook delivery.

use sea_orm::entity::prelude::*;

use super::{json::Json, kinds::DeliveryState};

/// One accepted webhook delivery.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub connection_id: String,
    /// The provider's id of the delivery.
    pub event_id: String,
    pub kind: String,
    pub received_at: i64,
    /// Headers: names and values.
    pub headers: Json<Vec<(String, String)>, Entity>,
    pub body: Vec<u8>,
    pub state: DeliveryState,
    /// The result, as a message for users.
    pub note: String,
    pub finished_at: Option<i64>,
    /// How many times it was queued.
    pub attempts: i64,
    /// The job that was queued last.
    pub job_id: Option<i64>,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
