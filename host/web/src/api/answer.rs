//! Answers of operations that change something, with what the audit log says of them.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use serde_json::Value;

use crate::api::error::ApiError;

/// What an operation gives.
pub(crate) type Answer = Result<Response, ApiError>;

/// What was changed; the guard writes it to the audit log.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The id of what was changed.
    pub(crate) id: String,
    /// More of it; no secret.
    pub(crate) detail: Value,
}

fn noted(status: StatusCode, id: &str, detail: Value, body: impl IntoResponse) -> Response {
    (status, Extension(Note { id: id.to_owned(), detail }), body).into_response()
}

/// 201: there is a new one.
pub(crate) fn created(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::CREATED, id, detail, Json(body))
}

/// 200: it is another now.
pub(crate) fn changed(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::OK, id, detail, Json(body))
}

/// 202: it will be done.
pub(crate) fn accepted(id: &str, detail: Value, body: impl Serialize) -> Response {
    noted(StatusCode::ACCEPTED, id, detail, Json(body))
}

/// 204: done, and nothing more to say.
pub(crate) fn done(id: &str, detail: Value) -> Response {
    noted(StatusCode::NO_CONTENT, id, detail, ())
}
