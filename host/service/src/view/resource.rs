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
    /// The format it was read from.
    pub origin: String,
    /// Such as `acme/shop`.
    pub repository: String,
    pub kind: String,
    pub address: String,
    pub path: String,
    pub line: i64,
    /// Controls that passed.
    pub passed: i64,
    /// Controls that failed.
    pub failed: i64,
    /// Controls that could not tell.
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
