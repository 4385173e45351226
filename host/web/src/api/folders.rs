//! What an integration reaches: repositories, their folders and branches, to choose a source from.

use axum::Json;
use axum::extract::{Path, State};
use palisade_domain::Repository as Found;
use palisade_service::Service;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, changed};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::{Cursor, List, passed_on, whole};

/// A repository.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Repository {
    id: String,
    /// Such as `acme/shop`.
    full_name: String,
    default_branch: String,
    web_url: String,
    archived: bool,
    private: bool,
}

impl From<Found> for Repository {
    fn from(found: Found) -> Repository {
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

/// Place of the folders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Place {
    /// Name of the branch.
    branch: String,
    /// Folder; default: the whole repository.
    #[serde(default)]
    folder: String,
}

/// A branch pattern to preview.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trial {
    /// Such as `acme/shop`.
    repository: String,
    /// Regular expression for the whole name of a branch.
    branch_pattern: String,
}

/// Branches that match a pattern.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Branches {
    /// Names of matching branches.
    matching: Vec<String>,
    /// Number of all branches.
    all: usize,
}

/// Lists the repositories that an integration can access.
#[utoipa::path(get, path = "/integrations/{id}/repositories", operation_id = "integration.repositories",
    tag = "integrations", params(Cursor),
    responses((status = 200, description = "A page of repositories.", body = List<Repository>)))]
pub(crate) async fn repositories(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(at): Asked<Cursor>,
) -> Result<Json<List<Repository>>, ApiError> {
    Ok(passed_on(service.repositories(&id, at.cursor.as_deref()).await?))
}

/// Lists the folders in a folder of a branch.
#[utoipa::path(get, path = "/integrations/{id}/repositories/{owner}/{name}/folders",
    operation_id = "integration.folders", tag = "integrations", params(Place),
    responses((status = 200, description = "All folders.", body = List<String>)))]
pub(crate) async fn folders(
    State(service): State<Service>,
    Path((id, owner, name)): Path<(String, String, String)>,
    Asked(place): Asked<Place>,
) -> Result<Json<List<String>>, ApiError> {
    let folder = place.folder.trim_matches('/');
    let found = service.folders(&id, &format!("{owner}/{name}"), &place.branch, folder).await?;
    found.map(whole).ok_or_else(|| {
        ApiError::absent(format!("folder `/{folder}` not found in `{owner}/{name}` on `{}`", place.branch))
    })
}

/// Lists the branches of a repository that match a pattern.
#[utoipa::path(post, path = "/integrations/{id}/preview", operation_id = "integration.preview",
    tag = "integrations", request_body = Trial,
    responses((status = 200, description = "The matching branches.", body = Branches)))]
pub(crate) async fn preview(
    State(service): State<Service>,
    Path(id): Path<String>,
    Input(trial): Input<Trial>,
) -> Answer {
    let preview = service.preview(&id, &trial.repository, &trial.branch_pattern).await?;
    let detail = json!({ "repository": trial.repository, "branch_pattern": trial.branch_pattern });
    Ok(changed(&id, detail, Branches { matching: preview.matching, all: preview.all }))
}
