//! Pull requests as they were seen last.

use palisade_store::entity::pull::Model;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// A pull request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pull {
    pub id: String,
    /// Id of the integration.
    pub integration: String,
    pub repository: String,
    pub number: i64,
    pub head_sha: String,
    /// Target branch.
    pub base_ref: String,
    pub title: String,
    pub author: String,
    pub open: bool,
    /// Whether an evaluation is pending.
    pub waiting: bool,
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Time,
}

impl From<Model> for Pull {
    fn from(row: Model) -> Pull {
        Pull {
            id: row.id,
            integration: row.integration_id,
            repository: row.repository,
            number: row.number,
            head_sha: row.head_sha,
            base_ref: row.base_ref,
            title: row.title,
            author: row.author,
            open: row.open,
            waiting: row.done_seq < row.dirty_seq,
            seen_at: Time(row.seen_at),
        }
    }
}
