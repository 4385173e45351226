//! The inventory: resources of the latest full scan of a source.

use palisade_store::entity::resource::Model;
use serde::Serialize;
use utoipa::ToSchema;

/// A resource.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Resource {
    pub id: String,
    /// Id of the source.
    pub source: String,
    /// Format of its file.
    pub origin: String,
    /// Such as `acme/shop`.
    pub repository: String,
    pub kind: String,
    pub address: String,
    pub path: String,
    pub line: i64,
    /// Number of controls that passed.
    pub passed: i64,
    /// Number of controls that failed.
    pub failed: i64,
    /// Number of controls with an unknown outcome.
    pub unknown: i64,
}

impl Resource {
    pub(crate) fn new(row: Model, repository: String) -> Resource {
        Resource {
            id: row.id,
            source: row.source_id,
            origin: row.origin,
            repository,
            kind: row.kind,
            address: row.address,
            path: row.path,
            line: row.line,
            passed: row.passed,
            failed: row.failed,
            unknown: row.unknown,
        }
    }
}
