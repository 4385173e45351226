//! A Git source: one repository, some folders, one policy.

use sea_orm::entity::prelude::*;

use super::kinds::RepositoryState;

/// A Git source: one repository, some folders, one policy.
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
    /// JSON list; `["/"]` is the whole repository.
    pub folders: String,
    pub branch_pattern: String,
    /// The least severity that fails a check.
    pub fail_on: String,
    pub strict: bool,
    pub allow_new_suppressions: bool,
    /// Hours between two scheduled scans.
    pub every_hours: i64,
    pub paused: bool,
    pub repository_state: RepositoryState,
    /// JSON: whether the branch requires our check, and how that is known.
    pub required_check: String,
    pub last_scanned_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    /// The provider's id of the repository; empty until it was looked up.
    pub repository_id: String,
    /// JSON: parameters of controls, by control and by name.
    pub parameters: String,
}

/// Relations are followed by id, in queries of their own.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
