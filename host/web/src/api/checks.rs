//! Checks on commits: what they say, and whether the provider shows it.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{Check, List, WholeCheck};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::page;

/// Which checks: those of an integration, or those of a commit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: Option<String>,
    /// A repository, such as `acme/shop`; with `sha`.
    repository: Option<String>,
    /// A commit; with `repository`.
    sha: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// At most so many, 1 to 1000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// The checks of an integration, or of a commit.
#[utoipa::path(get, path = "/checks", operation_id = "check.list", tag = "checks", params(Which),
    responses((status = 200, description = "A page of them.", body = List<Check>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Check>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let checks = match (&which.integration, &which.repository, &which.sha) {
        (Some(integration), None, None) => service.checks().list(integration, &page).await?,
        (None, Some(repository), Some(sha)) => service.checks().of_commit(repository, sha).await?,
        _ => {
            return Err(ApiError::invalid(
                "integration",
                "name an integration, or a `repository` and a `sha`",
            ));
        }
    };
    Ok(Json(checks))
}

/// A check with its summary and its annotations.
#[utoipa::path(get, path = "/checks/{id}", operation_id = "check.show", tag = "checks",
    responses((status = 200, description = "It.", body = WholeCheck)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<WholeCheck>, ApiError> {
    Ok(Json(service.checks().get(&id).await?))
}
