//! Scans, their reports and their findings.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use hyper::body::Frame;
use palisade_service::{ReportText, Service};
use palisade_store::entity::result;
use palisade_store::repository::scans::ListedScan;
use palisade_store::{ScanKind, ScanState, Trigger};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::Answer;
use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{List, Paging, list as page_of, page};
use crate::api::time;

/// A scan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scan {
    id: String,
    /// Id of the source.
    source: String,
    /// `full` or `pull`.
    #[schema(value_type = String)]
    kind: ScanKind,
    /// Trigger: `activated`, `source-added`, `schedule`, `demand`, `pull`, `rerun`, `reconcile`.
    #[schema(value_type = String)]
    trigger: Trigger,
    /// Number of the pull request.
    pull_number: Option<i64>,
    /// Scanned commit.
    head_sha: String,
    /// Commit that it is compared with.
    base_sha: Option<String>,
    /// `waiting`, `running`, `done`, `failed`, `superseded`.
    #[schema(value_type = String)]
    state: ScanState,
    /// Reason of a failure.
    error: Option<String>,
    /// `passed`, `failed` or `incomplete`.
    verdict: Option<String>,
    /// Counts of files, resources and outcomes.
    counts: Value,
    /// Whether the report is available.
    has_report: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    started_at: Option<String>,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
}

impl From<ListedScan> for Scan {
    fn from(row: ListedScan) -> Scan {
        Scan {
            id: row.id,
            source: row.source_id,
            kind: row.kind,
            trigger: row.trigger,
            pull_number: row.pull_number,
            head_sha: row.head_sha,
            base_sha: Some(row.base_sha).filter(|it| !it.is_empty()),
            state: row.state,
            error: row.error,
            verdict: row.verdict,
            counts: serde_json::from_str(&row.counts).unwrap_or_default(),
            has_report: row.has_report,
            created_at: time::text(row.created_at),
            started_at: row.started_at.map(time::text),
            finished_at: row.finished_at.map(time::text),
        }
    }
}

/// A finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    id: String,
    /// Identity of the finding, independent of lines.
    fingerprint: String,
    control: String,
    severity: String,
    /// Address of the resource.
    resource: String,
    path: String,
    line: i64,
    message: String,
    outcome: String,
    /// Whether the base of the pull request does not have it.
    new: bool,
    /// Fix that a program can apply, as in the report.
    #[schema(value_type = Option<Object>)]
    fix: Option<Value>,
}

impl From<result::Model> for Finding {
    fn from(row: result::Model) -> Finding {
        Finding {
            id: row.id,
            fingerprint: row.fingerprint,
            control: row.control,
            severity: row.severity,
            resource: row.resource,
            path: row.path,
            line: row.line,
            message: row.message,
            outcome: row.outcome,
            new: row.new,
            fix: row.fix.and_then(|it| serde_json::from_str(&it).ok()),
        }
    }
}

/// Filter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Id of a source.
    source: Option<String>,
    /// `next` of the previous page.
    after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u64>,
}

/// Lists scans, the oldest first.
#[utoipa::path(get, path = "/scans", operation_id = "scan.list", tag = "scans", params(Which),
    responses((status = 200, description = "A page of scans.", body = List<Scan>)))]
pub(crate) async fn list(
    State(service): State<Service>,
    Asked(which): Asked<Which>,
) -> Result<Json<List<Scan>>, ApiError> {
    let page = page(which.after, which.limit)?;
    let scans = service.store().scans();
    let rows = match &which.source {
        Some(source) => scans.of_source(source, &page).await?,
        None => scans.list(&page).await?,
    };
    Ok(page_of(rows, &page, |it: &ListedScan| it.id.clone()))
}

/// Returns a scan.
#[utoipa::path(get, path = "/scans/{id}", operation_id = "scan.show", tag = "scans",
    responses((status = 200, description = "The scan.", body = Scan)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Scan>, ApiError> {
    Ok(Json(service.store().scans().listed(&id).await?.into()))
}

/// A body that inflates a piece of the reports when the one before is sent.
struct Pieces(ReportText);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let piece = self.0.next_piece().transpose();
        Poll::Ready(piece.map(|it| it.map(|piece| Frame::data(piece.into()))))
    }
}

/// Returns the reports of a scan, one for each folder, in the JSON format of the command line.
#[utoipa::path(get, path = "/scans/{id}/report", operation_id = "scan.report", tag = "scans",
    responses((status = 200, description = "The reports.", body = Vec<Value>)))]
pub(crate) async fn report(State(service): State<Service>, Path(id): Path<String>) -> Answer {
    let report = service.scan_report(&id).await?;
    let report = report.ok_or_else(|| ApiError::absent(format!("scan {id} has no report")))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::new(Pieces(report))).into_response())
}

/// Lists the findings of a scan.
#[utoipa::path(get, path = "/scans/{id}/results", operation_id = "scan.results", tag = "scans", params(Paging),
    responses((status = 200, description = "A page of findings.", body = List<Finding>)))]
pub(crate) async fn results(
    State(service): State<Service>,
    Path(id): Path<String>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<Finding>>, ApiError> {
    let page = paging.page()?;
    service.store().scans().listed(&id).await?;
    let rows = service.store().inventory().results(&id, &page).await?;
    Ok(page_of(rows, &page, |it: &result::Model| it.id.clone()))
}
