//! The repositories that an integration can access, with their folders and branches, to select a source from.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{Branches, List, Repository};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, changed};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Input};
use crate::api::list::Cursor;

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

/// Lists the repositories that an integration can access.
#[utoipa::path(get, path = "/integrations/{id}/repositories", operation_id = "integration.repositories",
    tag = "integrations", params(Cursor),
    responses((status = 200, description = "A page of repositories.", body = List<Repository>)))]
pub(crate) async fn repositories(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(at): Asked<Cursor>,
) -> Result<Json<List<Repository>>, ApiError> {
    Ok(Json(service.integrations().repositories(&id, at.cursor.as_deref()).await?))
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
    let found =
        service.integrations().folders(&id, &format!("{owner}/{name}"), &place.branch, folder).await?;
    found.map(|it| Json(List::whole(it))).ok_or_else(|| {
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
    let branches = service.integrations().preview(&id, &trial.repository, &trial.branch_pattern).await?;
    let detail = json!({ "repository": trial.repository, "branch_pattern": trial.branch_pattern });
    Ok(changed(&id, detail, &branches))
}
