//! The audit log.

use palisade_store::entity::audit::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::view::Time;

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Link {
    pub id: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Name of the user, with the token in parentheses.
    pub actor: String,
    /// The operation, such as `source.create`.
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    /// Details of the change.
    pub detail: Value,
    /// Hash of the previous entry.
    pub previous: String,
    /// SHA-256 of all other fields.
    pub hash: String,
}

/// Result of a verification of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verified {
    /// Whether the log is intact.
    pub holds: bool,
    /// Number of entries, if the log is intact.
    pub links: Option<i64>,
    /// The error, if the log is not intact.
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
