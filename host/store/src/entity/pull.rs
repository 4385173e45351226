//! One pull request as last seen, and whether it waits for an evaluation.

use sea_orm::entity::prelude::*;

/// One pull request as last seen, and whether it waits for an evaluation.
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
    /// Goes up by one at every touch.
    pub dirty_seq: i64,
    /// The newest touch that an evaluation has seen.
    pub done_seq: i64,
    /// The last `evaluate` job.
    pub job_id: Option<i64>,
    /// The head that the newest delivery named; empty where none did.
    pub reported_sha: String,
    /// The target that the newest delivery named; empty where none did.
    pub reported_ref: String,
    /// When that was.
    pub reported_at: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
