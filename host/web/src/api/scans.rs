//! Scans, their reports and their findings.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use hyper::body::Frame;
use palisade_service::view::{Finding, List, Scan};
use palisade_service::{ReportText, Service};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::answer::Answer;
use crate::api::error::ApiError;
use crate::api::input::Asked;
use crate::api::list::{Paging, page};

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
    Ok(Json(service.scans().list(which.source.as_deref(), &page).await?))
}

/// Returns a scan.
#[utoipa::path(get, path = "/scans/{id}", operation_id = "scan.show", tag = "scans",
    responses((status = 200, description = "The scan.", body = Scan)))]
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<Scan>, ApiError> {
    Ok(Json(service.scans().get(&id).await?))
}

/// A body that decompresses the next piece of the reports when the previous one was sent.
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
    let report = service.scans().report(&id).await?;
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
    Ok(Json(service.scans().results(&id, &paging.page()?).await?))
}
