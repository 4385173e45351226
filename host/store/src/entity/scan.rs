//! A scan of a source.

use std::collections::BTreeMap;

use sea_orm::entity::prelude::*;

use super::{
    json::Json,
    kinds::{ScanKind, ScanState, Trigger},
};

/// Counts by name.
pub type Counts = BTreeMap<String, u64>;

/// A scan of a source.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scan")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub source_id: String,
    pub kind: ScanKind,
    /// The reason of the scan. The column has another name, because `TRIGGER` is an SQL keyword.
    #[sea_orm(column_name = "cause")]
    pub trigger: Trigger,
    /// The scheduled slot; each slot has one scan.
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
    /// The report: JSON, compressed with Deflate.
    pub report: Option<Vec<u8>>,
    pub created_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
