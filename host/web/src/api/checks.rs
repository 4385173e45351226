//! Checks on commits: their content, and whether the provider shows it.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_service::view::{Check, List, WholeCheck};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::page;

/// Filter: an integration, or a commit.
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
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists the checks of an integration or of a commit.
#[utoipa::path(get, path = "/checks", operation_id = "check.list", tag = "checks", params(Which),
    responses((status = 200, description = "A page of checks.", body = List<Check>)))]
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
                "missing filter: expected `integration`, or `repository` and `sha`",
            ));
        }
    };
    Ok(Json(checks))
}

/// Returns a check with its summary and its annotations.
#[utoipa::path(get, path = "/checks/{id}", operation_id = "check.show", tag = "checks",
    responses((status = 200, description = "The check.", body = WholeCheck)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<WholeCheck>, ApiError> {
    Ok(Json(service.checks().get(&id).await?))
}
