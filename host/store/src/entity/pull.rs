//! The last known state of a pull request, and whether an evaluation is pending.

use sea_orm::entity::prelude::*;

/// The last known state of a pull request, and whether an evaluation is pending.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pull")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    pub repository: String,
    pub number: i64,
    pub head_sha: String,
    pub base_ref: String,
    pub title: String,
    pub author: String,
    pub open: bool,
    pub seen_at: i64,
    /// Incremented with each change.
    pub dirty_seq: i64,
    /// The latest change that an evaluation has covered.
    pub done_seq: i64,
    /// The last `evaluate` job.
    pub job_id: Option<i64>,
    /// The head that the latest delivery named; empty if none did.
    pub reported_sha: String,
    /// The target that the latest delivery named; empty if none did.
    pub reported_ref: String,
    /// The time of that delivery, in Unix milliseconds.
    pub reported_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
