//! An installation of a connection's app on one account.

use sea_orm::entity::prelude::*;

use super::{json::Json, kinds::IntegrationStatus};

/// An installation of a connection's app on one account.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integration")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub connection_id: String,
    pub name: String,
    /// The provider's installation id.
    pub account: String,
    pub account_name: String,
    pub status: IntegrationStatus,
    /// The reason of the status, as a message for users.
    pub status_detail: String,
    pub checked_at: Option<i64>,
    pub last_scanned_at: Option<i64>,
    /// The time until which the provider asked us to wait, in Unix milliseconds.
    pub wait_until: Option<i64>,
    pub warnings: Json<Vec<String>, Entity>,
    pub created_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
