//! A Git source: a repository, its folders, and its settings.

use palisade_domain::ParameterValues;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    json::Json,
    kinds::{RepositoryState, Requirement},
};

/// Whether a branch accepts changes only with our check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequiredCheck {
    pub state: Requirement,
    /// The branch; `None` until the provider was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The source of this information, as a message for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
}

impl RequiredCheck {
    /// The provider was not asked yet.
    pub const UNKNOWN: Self = Self { state: Requirement::Unknown, branch: None, how: None };
}

/// A Git source: a repository, its folders, and its settings.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub integration_id: String,
    /// Unique in its integration.
    pub name: String,
    /// Full name, `owner/name`.
    pub repository: String,
    /// `/` is the whole repository.
    pub folders: Json<Vec<String>, Entity>,
    pub branch_pattern: String,
    /// The lowest severity that fails a check.
    pub fail_on: String,
    pub strict: bool,
    pub allow_new_suppressions: bool,
    /// Hours between two scheduled scans.
    pub every_hours: i64,
    pub paused: bool,
    pub repository_state: RepositoryState,
    pub required_check: Json<RequiredCheck, Entity>,
    pub last_scanned_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    /// The provider's id of the repository; empty until it is known.
    pub repository_id: String,
    /// Parameters of controls.
    pub parameters: Json<ParameterValues, Entity>,
}

/// Related rows are queried separately by id.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
