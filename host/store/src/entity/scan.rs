//! One scan of one source.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;

use super::{
    json::Json,
    kinds::{ScanKind, ScanState, Trigger},
};

/// How many of what.
pub type Counts = BTreeMap<String, u64>;

/// One scan of one source.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub source_id: String,
    pub kind: ScanKind,
    /// Why it runs; another name in the table, because `TRIGGER` is a word of SQL.
    #[sea_orm(column_name = "cause")]
    pub trigger: Trigger,
    /// The scheduled slot; one scan a slot.
    pub slot: Option<i64>,
    pub pull_number: Option<i64>,
    pub head_sha: String,
    pub base_sha: String,
    pub state: ScanState,
    pub error: Option<String>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub verdict: Option<String>,
    pub counts: Json<Counts, Entity>,
    /// The report, deflated JSON.
    pub report: Option<Vec<u8>>,
    pub created_at: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
