//! Responses of operations that change something, with the details for the audit log.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value;

use crate::api::error::ApiError;

/// The result of an operation.
pub(crate) type Answer = Result<Response, ApiError>;

/// The changed object; the guard writes it to the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The id of the object.
    pub(crate) id: String,
    /// Further details; no secret.
    pub(crate) detail: Value,
}

fn noted(status: StatusCode, id: &str, detail: Value, body: impl IntoResponse) -> Response {
    (status, Extension(Note { id: id.to_owned(), detail }), body).into_response()
}

/// 201: an object was created.
pub(crate) fn created(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::CREATED, id, detail, Json(body))
}

/// 200: an object was changed.
pub(crate) fn changed(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::OK, id, detail, Json(body))
}

/// 202: a job was queued.
pub(crate) fn accepted(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::ACCEPTED, id, detail, Json(body))
}

/// 204: the operation is complete, without a body.
pub(crate) fn done(id: &str, detail: Value) -> Response {
    noted(StatusCode::NO_CONTENT, id, detail, ())
}
