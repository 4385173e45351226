//! Pull requests as they were seen last.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_store::entity::pull::Model;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, list as page_of, page};
use crate::api::time;

/// A pull request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pull {
    id: String,
    /// Id of the integration.
    integration: String,
    repository: String,
    number: i64,
    head_sha: String,
    /// Target branch.
    base_ref: String,
    title: String,
    author: String,
    open: bool,
    /// Whether an evaluation is pending.
    waiting: bool,
    #[schema(format = DateTime)]
    seen_at: String,
}

impl From<Model> for Pull {
    fn from(row: Model) -> Pull {
        Pull {
            id: row.id,
            integration: row.integration_id,
            repository: row.repository,
            number: row.number,
            head_sha: row.head_sha,
            base_ref: row.base_ref,
            title: row.title,
            author: row.author,
            open: row.open,
            waiting: row.done_seq < row.dirty_seq,
            seen_at: time::text(row.seen_at),
        }
    }
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of an integration.
    integration: String,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists the pull requests of an integration.
#[utoipa::path(get, path = "/pulls", operation_id = "pull.list", tag = "pulls", params(Which),
    responses((status = 200, description = "A page of pull requests.", body = List<Pull>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Pull>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let rows = service.store().pulls().list(&which.integration, &page).await?;
    Ok(page_of(rows, &page, |it: &Model| it.id.clone()))
}
