//! The desired content of a check, and how much of it the provider shows.

use palisade_domain::Annotation;
use sea_orm::entity::prelude::*;

use super::{
    json::Json,
    kinds::{CheckState, Conclusion},
};

/// The desired content of a check, and how much of it the provider shows.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "check_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    pub repository: String,
    pub head_sha: String,
    pub name: String,
    /// Numbers of the pull requests with this head.
    pub pulls: Json<Vec<i64>, Entity>,
    pub state: CheckState,
    pub conclusion: Option<Conclusion>,
    pub title: String,
    pub summary: String,
    pub annotations: Json<Vec<Annotation>, Entity>,
    /// Incremented whenever the desired content changes.
    pub seq: i64,
    /// The latest `seq` that the provider shows.
    pub published_seq: i64,
    /// The provider's id of the check.
    pub handle: Option<String>,
    /// The number of annotations that the provider accepted.
    pub accepted: i64,
    pub deadline_at: Option<i64>,
    /// The fence of the evaluation that holds the commit: writers with another one are refused. 0 if the last writer
    /// was not an evaluation.
    pub fence: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// The last `publish` job.
    pub job_id: Option<i64>,
    /// The time until which the evaluation holds the commit without a new heartbeat; 0 if none does.
    pub held_until: i64,
    /// The id of the host that publishes.
    pub publisher: String,
    /// The time until which it publishes without a new heartbeat; 0 if no host does.
    pub publishing_until: i64,
    /// What others changed in it at the provider, in Markdown.
    pub overwritten: Json<Vec<String>, Entity>,
    /// The time at which that was found; 0 if nothing was.
    pub overwritten_at: i64,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
