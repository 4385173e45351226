//! Checks on commits: what they say, and whether the provider shows it.

use axum::Json;
use axum::extract::{Path, State};
use palisade_service::Service;
use palisade_store::entity::check_run::Model;
use palisade_store::repository::listed_checks::ListedCheck;
use palisade_store::{CheckState, Conclusion, Page};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, list as page_of, page};
use crate::api::time;

/// A check.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Check {
    id: String,
    /// Id of the integration.
    integration: String,
    repository: String,
    head_sha: String,
    name: String,
    /// Numbers of the pull requests with that head.
    pulls: Value,
    /// `queued`, `running`, `completed`, `superseded`.
    #[schema(value_type = String)]
    state: CheckState,
    /// `success` or `failure`.
    #[schema(value_type = Option<String>)]
    conclusion: Option<Conclusion>,
    title: String,
    /// Whether the provider shows the latest content.
    published: bool,
    /// Number of annotations that the provider accepted.
    accepted: i64,
    /// Deadline after which it fails.
    #[schema(format = DateTime)]
    deadline_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<ListedCheck> for Check {
    fn from(row: ListedCheck) -> Check {
        Check {
            id: row.id,
            integration: row.integration_id,
            repository: row.repository,
            head_sha: row.head_sha,
            name: row.name,
            pulls: serde_json::from_str(&row.pulls).unwrap_or_default(),
            state: row.state,
            conclusion: row.conclusion,
            title: row.title,
            published: row.published_seq >= row.seq,
            accepted: row.accepted,
            deadline_at: row.deadline_at.map(time::text),
            created_at: time::text(row.created_at),
            updated_at: time::text(row.updated_at),
        }
    }
}

/// A check with its content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WholeCheck {
    #[serde(flatten)]
    check: Check,
    /// Markdown.
    summary: String,
    /// Annotations of lines.
    annotations: Value,
}

impl From<Model> for WholeCheck {
    fn from(row: Model) -> WholeCheck {
        WholeCheck {
            summary: row.summary.clone(),
            annotations: serde_json::from_str(&row.annotations).unwrap_or_default(),
            check: ListedCheck::from(row).into(),
        }
    }
}

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
    let (rows, page) = match (&which.integration, &which.repository, &which.sha) {
        (Some(integration), None, None) => (service.store().checks().listed(integration, &page).await?, page),
        // All of a commit at once: there are as many as integrations with that repository.
        (None, Some(repository), Some(sha)) => {
            let rows = service.checks_of_commit(repository, sha).await?;
            (rows.into_iter().map(ListedCheck::from).collect(), Page::first(u64::MAX))
        }
        _ => {
            return Err(ApiError::invalid(
                "integration",
                "missing filter: expected `integration`, or `repository` and `sha`",
            ));
        }
    };
    Ok(page_of(rows, &page, |it: &ListedCheck| it.id.clone()))
}

/// Returns a check with its summary and its annotations.
#[utoipa::path(get, path = "/checks/{id}", operation_id = "check.show", tag = "checks",
    responses((status = 200, description = "The check.", body = WholeCheck)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<WholeCheck>, ApiError> {
    Ok(Json(service.store().checks().get(&id).await?.into()))
}
