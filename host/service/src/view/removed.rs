//! What is left of a deleted connection or integration.

use serde::Serialize;
use utoipa::ToSchema;

/// A deleted connection or integration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Removed {
    pub name: String,
    /// What remains at the provider, with the remediation, in Markdown.
    pub remaining: Vec<String>,
}
