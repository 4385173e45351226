//! Checks on commits.

use palisade_domain::Annotation;
use palisade_store::entity::check_run::Model;
use palisade_store::repository::listed_checks::ListedCheck;
use palisade_store::{CheckState, Conclusion};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// A check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    pub id: String,
    /// Id of the integration.
    pub integration: String,
    pub repository: String,
    pub head_sha: String,
    pub name: String,
    /// Numbers of the pull requests with that head.
    #[schema(value_type = Value)]
    pub pulls: Vec<i64>,
    /// `queued`, `running`, `completed`, `superseded`.
    #[schema(value_type = String)]
    pub state: CheckState,
    /// `success` or `failure`.
    #[schema(value_type = Option<String>)]
    pub conclusion: Option<Conclusion>,
    pub title: String,
    /// Whether the provider shows the latest content.
    pub published: bool,
    /// Number of annotations that the provider accepted.
    pub accepted: i64,
    /// Deadline after which it fails.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deadline_at: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// A check with its content.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WholeCheck {
    #[serde(flatten)]
    pub check: Check,
    /// Markdown.
    pub summary: String,
    /// Annotations of lines.
    #[schema(value_type = Value)]
    pub annotations: Vec<Annotation>,
}

impl From<ListedCheck> for Check {
    fn from(row: ListedCheck) -> Check {
        Check {
            id: row.id,
            integration: row.integration_id,
            repository: row.repository,
            head_sha: row.head_sha,
            name: row.name,
            pulls: row.pulls.into_value(),
            state: row.state,
            conclusion: row.conclusion,
            title: row.title,
            published: row.published_seq >= row.seq,
            accepted: row.accepted,
            deadline_at: row.deadline_at.map(Time),
            created_at: Time(row.created_at),
            updated_at: Time(row.updated_at),
        }
    }
}

impl From<Model> for WholeCheck {
    fn from(row: Model) -> WholeCheck {
        WholeCheck {
            summary: row.summary.clone(),
            annotations: row.annotations.clone().into_value(),
            check: ListedCheck::from(row).into(),
        }
    }
}
