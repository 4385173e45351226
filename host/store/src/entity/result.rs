//! A finding of a scan.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// A finding of a scan.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "result")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub scan_id: String,
    pub fingerprint: String,
    pub control: String,
    pub severity: String,
    pub resource: String,
    pub path: String,
    pub line: i64,
    pub message: String,
    pub outcome: String,
    /// Whether the base of the pull request does not have it.
    pub new: bool,
    /// The fix that a program can apply, as in the report.
    pub fix: Option<Json<serde_json::Value, Entity>>,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
