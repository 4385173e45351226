//! The audit log.

use axum::Json;
use axum::extract::State;
use palisade_service::Service;
use palisade_store::StoreError;
use palisade_store::entity::audit::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, Paging, list as page_of};
use crate::api::time;

/// A link of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// The user, and the token in brackets.
    actor: String,
    /// The operation, such as `source.create`.
    action: String,
    object_kind: String,
    object_id: String,
    /// More of it.
    detail: Value,
    /// The hash of the link before.
    previous: String,
    /// SHA-256 over all the other columns.
    hash: String,
}

impl From<Model> for Link {
    fn from(row: Model) -> Link {
        Link {
            id: row.id,
            at: time::text(row.at),
            actor: row.actor,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            detail: serde_json::from_str(&row.detail).unwrap_or_default(),
            previous: row.previous,
            hash: row.hash,
        }
    }
}

/// Whether the log holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verified {
    /// Whether it does.
    holds: bool,
    /// How many links there are, where it does.
    links: Option<i64>,
    /// What is wrong, where it does not.
    problem: Option<String>,
}

/// The audit log, the newest first.
#[utoipa::path(get, path = "/audit", operation_id = "audit.list", tag = "audit", params(Paging),
    responses((status = 200, description = "A page of it.", body = List<Link>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Link>>, ApiError> {
    let page = paging.page()?;
    let before = page.after.as_deref().map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| ApiError::invalid("after", "give `next` of the page before"))?;
    let rows = service.store().audit().list(before, page.limit).await?;
    Ok(page_of(rows, &page, |it: &Model| it.id.to_string()))
}

/// Reads the whole log, and says whether a link was changed, inserted or removed.
#[utoipa::path(get, path = "/audit/verify", operation_id = "audit.verify", tag = "audit",
    responses((status = 200, description = "Whether it holds.", body = Verified)))]
pub(crate) async fn verify(State(service): State<Service>) -> Result<Json<Verified>, ApiError> {
    match service.store().audit_verify().await {
        Ok(links) => Ok(Json(Verified { holds: true, links: Some(links), problem: None })),
        Err(StoreError::Other(why)) => Ok(Json(Verified { holds: false, links: None, problem: Some(why) })),
        Err(error) => Err(error.into()),
    }
}
