//! What a check should say, and how much of it the provider has.

use palisade_domain::Annotation;
use sea_orm::entity::prelude::*;

use super::{
    json::Json,
    kinds::{CheckState, Conclusion},
};

/// What a check should say, and how much of it the provider has.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    pub repository: String,
    pub head_sha: String,
    pub name: String,
    /// Numbers of the pull requests with that head.
    pub pulls: Json<Vec<i64>, Entity>,
    pub state: CheckState,
    pub conclusion: Option<Conclusion>,
    pub title: String,
    pub summary: String,
    pub annotations: Json<Vec<Annotation>, Entity>,
    /// Goes up by one whenever the desired content changes.
    pub seq: i64,
    /// The newest `seq` that the provider shows.
    pub published_seq: i64,
    /// The provider's id of the check.
    pub handle: Option<String>,
    /// How many annotations the provider took.
    pub accepted: i64,
    pub deadline_at: Option<i64>,
    /// Whose evaluation holds the commit: writers with another token are refused. 0 where none did last.
    pub fence: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// The last `publish` job.
    pub job_id: Option<i64>,
    /// Until when the evaluation holds the commit, unless it says so again; 0 where none does.
    pub held_until: i64,
    /// The host that publishes.
    pub publisher: String,
    /// Until when it does, unless it says so again; 0 where none does.
    pub publishing_until: i64,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
