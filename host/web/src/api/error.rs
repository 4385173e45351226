//! Errors of the API, as JSON and as a status.

use std::any::Any;

use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use palisade_domain::CallError;
use palisade_service::ServiceError;
use serde::Serialize;
use utoipa::ToSchema;

/// The `Retry-After` while the database is unavailable, in seconds.
const SOON: u64 = 5;
/// The `Retry-After` if a provider asks for a pause without a time, in seconds: the minimum of
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>.
const A_WHILE: u64 = 60;

/// Body of every error response.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// The error.
    error: Trouble,
}

/// The error.
#[derive(Debug, Serialize, ToSchema)]
struct Trouble {
    /// Code for programs.
    #[schema(example = "invalid")]
    code: &'static str,
    /// Field of the request, if the error is about one.
    field: Option<String>,
    /// Message for users.
    message: String,
}

/// An error of a request.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    field: Option<String>,
    message: String,
    retry_after: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> ApiError {
        ApiError { status, code, field: None, message: message.into(), retry_after: None }
    }

    /// 404.
    pub(crate) fn absent(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 422 with a field.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> ApiError {
        ApiError {
            field: Some(field.into()),
            ..ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
        }
    }

    /// 401, with the same message for every invalid token.
    pub(crate) fn nobody() -> ApiError {
        let message = "the token is missing or invalid: send `Authorization: Bearer pal_…`";
        ApiError::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    /// 403.
    pub(crate) fn denied(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 500; the reason is only logged.
    pub(crate) fn internal(why: &dyn std::fmt::Display) -> ApiError {
        tracing::error!(%why, "a request failed");
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "internal error: see the log of the service",
        )
    }

    fn later(self, seconds: u64) -> ApiError {
        ApiError { retry_after: Some(seconds), ..self }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let field = self.field.as_deref().unwrap_or("-");
        write!(out, "{} {field}: {}", self.status.as_u16(), self.message)
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> ApiError {
        match error {
            ServiceError::NotFound { .. } => ApiError::absent(error.to_string()),
            ServiceError::Taken { .. } => ApiError::new(StatusCode::CONFLICT, "taken", error.to_string()),
            ServiceError::Unavailable(why) => {
                tracing::warn!(why, "the database is not available");
                let message = "the database does not respond: try again later";
                ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message).later(SOON)
            }
            ServiceError::Provider(CallError::RateLimited(seconds)) => {
                let message = "the provider limits requests: try again later";
                let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "provider_busy", message);
                error.later(seconds.unwrap_or(A_WHILE))
            }
            ServiceError::Provider(error) => {
                ApiError::new(StatusCode::BAD_GATEWAY, "provider_refused", error.to_string())
            }
            ServiceError::Unrelated { .. } => {
                ApiError::new(StatusCode::CONFLICT, "unrelated", error.to_string())
            }
            ServiceError::Plugin { .. } => {
                ApiError::new(StatusCode::BAD_GATEWAY, "adapter_failed", error.to_string())
            }
            ServiceError::Invalid { field, why } => ApiError::invalid(field, why),
            ServiceError::Denied(why) => ApiError::denied(why),
            ServiceError::Internal(_) => ApiError::internal(&error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let trouble = Trouble { code: self.code, field: self.field, message: self.message };
        let mut response = (self.status, Json(Failure { error: trouble })).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"palisade\""));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Converts text errors of the router or an extractor to the form of all others.
pub(crate) async fn uniform(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|it| it == "application/json");
    if json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        status if status.is_server_error() => "internal",
        _ => "bad_request",
    };
    let message = status.canonical_reason().unwrap_or("error").to_ascii_lowercase();
    let mut answer = ApiError::new(status, code, message).into_response();
    // `Allow` belongs to a 405 (RFC 9110 §15.5.6).
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

/// 500 for a panic, whose text is only logged.
#[expect(clippy::needless_pass_by_value, reason = "the layer gives it away")]
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text =
        text.or_else(|| panic.downcast_ref::<&'static str>().copied()).unwrap_or("a panic without a text");
    ApiError::internal(&text).into_response()
}
