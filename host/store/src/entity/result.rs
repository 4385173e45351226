//! One finding of one scan.

use sea_orm::entity::prelude::*;

use super::json::Json;

/// One finding of one scan.
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
    /// Not there in the base of the pull request.
    pub new: bool,
    /// What a program can change to fix it, as in the report.
    pub fix: Option<Json<serde_json::Value, Entity>>,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
