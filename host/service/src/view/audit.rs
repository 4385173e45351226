//! The audit log.

use palisade_store::entity::audit::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::Time;

/// A link of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Link {
    pub id: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// The user, and the token in brackets.
    pub actor: String,
    /// The operation, such as `source.create`.
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// More of it.
    pub detail: Value,
    /// The hash of the link before.
    pub previous: String,
    /// SHA-256 over all the other columns.
    pub hash: String,
}

/// Whether the log holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Whether it does.
    pub holds: bool,
    /// How many links there are, where it does.
    pub links: Option<i64>,
    /// What is wrong, where it does not.
    pub problem: Option<String>,
}

impl From<Model> for Link {
    fn from(row: Model) -> Link {
        Link {
            id: row.id,
            at: Time(row.at),
            actor: row.actor,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            detail: row.detail.into_value(),
            previous: row.previous,
            hash: row.hash,
        }
    }
}
