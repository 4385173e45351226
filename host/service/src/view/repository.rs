//! What an integration reaches at its provider.

use serde::Serialize;
use utoipa::ToSchema;

/// A repository.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Repository {
    pub id: String,
    /// Such as `acme/shop`.
    pub full_name: String,
    pub default_branch: String,
    pub web_url: String,
    pub archived: bool,
    pub private: bool,
}

/// Branches that match a pattern.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Branches {
    /// Names of matching branches.
    pub matching: Vec<String>,
    /// Number of all branches.
    pub all: usize,
}

impl From<palisade_domain::Repository> for Repository {
    fn from(found: palisade_domain::Repository) -> Repository {
        Repository {
            id: found.id,
            full_name: found.full_name,
            default_branch: found.default_branch,
            web_url: found.web_url,
            archived: found.archived,
            private: found.private,
        }
    }
}
