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

/// An entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// Name of the user, with the token in parentheses.
    actor: String,
    /// The operation, such as `source.create`.
    action: String,
    object_kind: String,
    object_id: String,
    /// Details of the change.
    detail: Value,
    /// Hash of the previous entry.
    previous: String,
    /// SHA-256 of all other fields.
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

/// Result of a verification of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verified {
    /// Whether the log is intact.
    holds: bool,
    /// Number of entries, if the log is intact.
    links: Option<i64>,
    /// The error, if the log is not intact.
    problem: Option<String>,
}

/// Lists the audit log, the newest entry first.
#[utoipa::path(get, path = "/audit", operation_id = "audit.list", tag = "audit", params(Paging),
    responses((status = 200, description = "A page of the audit log.", body = List<Link>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Link>>, ApiError> {
    let page = paging.page()?;
    let before = page.after.as_deref().map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| ApiError::invalid("after", "expected `next` of the previous page"))?;
    let rows = service.store().audit().list(before, page.limit).await?;
    Ok(page_of(rows, &page, |it: &Model| it.id.to_string()))
}

/// Verifies the whole log: whether an entry was changed, inserted or removed.
#[utoipa::path(get, path = "/audit/verify", operation_id = "audit.verify", tag = "audit",
    responses((status = 200, description = "The result of the verification.", body = Verified)))]
pub(crate) async fn verify(State(service): State<Service>) -> Result<Json<Verified>, ApiError> {
    match service.store().audit_verify().await {
        Ok(links) => Ok(Json(Verified { holds: true, links: Some(links), problem: None })),
        Err(StoreError::Other(why)) => Ok(Json(Verified { holds: false, links: None, problem: Some(why) })),
        Err(error) => Err(error.into()),
    }
}
