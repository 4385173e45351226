//! Inputs of requests: bodies, queries, secrets.

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;

use crate::api::error::ApiError;

/// A JSON body. Without a JSON object the response is 400, with unknown or invalid fields 422, and if it is too large
/// 413.
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Input<T>, ApiError> {
        let body = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is larger than 1 MiB")
            }
            _ => ApiError::new(StatusCode::BAD_REQUEST, "bad_request", "the body was cut off"),
        })?;
        read(&body).map(Input)
    }
}

/// Reads a JSON object. Serde also accepts lists of the fields in order, but this API does not.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let malformed = |why: String| ApiError::new(StatusCode::BAD_REQUEST, "malformed", why);
    match body.trim_ascii_start().first() {
        Some(b'{') => {}
        _ => return Err(malformed("the body is not a JSON object".to_owned())),
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        match error.classify() {
            Category::Data => refused(Some(path.as_str()).filter(|it| *it != "."), &error.to_string()),
            _ => malformed(format!(
                "the body is not valid JSON: line {}, column {}",
                error.line(),
                error.column()
            )),
        }
    })?;
    reader.end().map_err(|_| malformed("unexpected text after the JSON of the body".to_owned()))?;
    Ok(value)
}

/// The query string, in which every name must be known.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Asked<T>, ApiError> {
        Query::try_from_uri(&parts.uri).map(|Query(query)| Asked(query)).map_err(|error: QueryRejection| {
            let text = error.body_text();
            let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            // If the field is known, its name is in front: `limit: invalid digit found in string`.
            match text.split_once(": ").filter(|(name, _)| is_name(name)) {
                Some((field, text)) => refused(Some(field), text),
                None => refused(None, text),
            }
        })
    }
}

/// 422 for an error of serde, without the values of the request: one may be a secret in the wrong place.
fn refused(path: Option<&str>, text: &str) -> ApiError {
    let text = text.split(" at line ").next().unwrap_or_default();
    let named = |start: &str| text.strip_prefix(start).and_then(|rest| rest.split('`').next());
    let field =
        ["missing field `", "unknown field `", "duplicate field `"].iter().find_map(|it| named(it)).or(path);
    let message = match text.split_once(", expected ") {
        Some((what, expected)) if !what.starts_with("unknown field") => format!("expected {expected}"),
        _ => text.to_owned(),
    };
    match field {
        Some(field) => ApiError::invalid(field, message),
        None => ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// A secret in a request, which is never returned.
pub(crate) struct SecretText(pub(crate) SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SecretText, D::Error> {
        Ok(SecretText(String::deserialize(deserializer)?.into()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::{SecretText, read};

    /// An example of each kind of input.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is not looked at")]
    struct Body {
        name: String,
        hours: Option<i64>,
        secrets: BTreeMap<String, SecretText>,
    }

    #[test]
    fn no_value_comes_back() {
        for (body, expected) in [
            (r#"{"name": "a", "secrets": {"k": "hush"}}"#, "ok"),
            (r#"{"name": "a", "secrets": "hush"}"#, "422 secrets: expected a map"),
            (r#"{"name": "a", "secrets": ["hush"]}"#, "422 secrets: expected a map"),
            (r#"{"name": "a", "secrets": {"k": ["hush"]}}"#, "422 secrets.k: expected a string"),
            (r#"{"name": "a", "secrets": {"k": 4711}}"#, "422 secrets.k: expected a string"),
            (r#"{"name": {"of": "hush"}, "secrets": {}}"#, "422 name: expected a string"),
            (r#"{"name": "a", "hours": "hush", "secrets": {}}"#, "422 hours: expected i64"),
            (r#"{"name": "a", "hours": 1e99, "secrets": {}}"#, "422 hours: expected i64"),
            (r#"{"name": "a"}"#, "422 secrets: missing field `secrets`"),
            (r#"{"name": "a", "name": "hush", "secrets": {}}"#, "422 name: duplicate field `name`"),
            (r#"{"name": "hush"#, "400 -: the body is not valid JSON: line 1, column 14"),
            (r#""hush""#, "400 -: the body is not a JSON object"),
            (r#"{"name": "a", "secrets": {}} "hush""#, "400 -: unexpected text after the JSON of the body"),
        ] {
            let found = match read::<Body>(body.as_bytes()) {
                Ok(_) => "ok".to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expected, "{body}");
            assert!(!found.contains("hush") && !found.contains("4711"), "{found}");
        }
    }
}
