//! Accepted risks.

use palisade_store::entity::acceptance::Model;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::Time;

/// An accepted risk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Acceptance {
    pub id: String,
    /// Id of the integration.
    pub integration: String,
    /// Only of this source.
    pub source: Option<String>,
    /// Only this finding.
    pub fingerprint: Option<String>,
    /// Only this control.
    pub control: Option<String>,
    /// Only resources with such an address, a pattern.
    pub resource: Option<String>,
    /// Only resources in such files, a pattern.
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
