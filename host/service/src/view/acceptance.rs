//! Accepted risks.

use palisade_store::entity::acceptance::Model;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// An acceptance: violations that are excepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Acceptance {
    pub id: String,
    /// Id of the integration.
    pub integration: String,
    /// Limits it to this source.
    pub source: Option<String>,
    /// Limits it to this finding.
    pub fingerprint: Option<String>,
    /// Limits it to this control.
    pub control: Option<String>,
    /// Limits it to resources whose address matches this pattern.
    pub resource: Option<String>,
    /// Limits it to resources in files that match this pattern.
    pub path: Option<String>,
    pub reason: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Time>,
    /// Name of the user.
    pub created_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Time,
}

impl From<Model> for Acceptance {
    fn from(row: Model) -> Acceptance {
        Acceptance {
            id: row.id,
            integration: row.integration_id,
            source: row.source_id,
            fingerprint: row.fingerprint,
            control: row.control,
            resource: row.resource,
            path: row.path,
            reason: row.reason,
            until: row.until_at.map(Time),
            created_by: row.created_by,
            created_at: Time(row.created_at),
        }
    }
}
