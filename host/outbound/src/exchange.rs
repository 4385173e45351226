//! New secrets from responses.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use palisade_capabilities::{Credential, Fixed, HttpError, SecretSource};
use secrecy::SecretString;
use serde_json::Value;

/// A secret that expires.
struct Expiring {
    label: String,
    value: SecretString,
    end: Timestamp,
}

#[async_trait]
impl SecretSource for Expiring {
    async fn reveal(&self) -> Result<SecretString, HttpError> {
        if Timestamp::now() >= self.end {
            return Err(HttpError::Denied(format!("the {} ended at {}", self.label, self.end)));
        }
        Ok(self.value.clone())
    }
}

/// Finds the secret of a response and its expiry, each at a JSON pointer (RFC 6901). The error is a message for users
/// and contains nothing of the response.
pub(crate) fn take(
    body: &[u8],
    token: &str,
    expiry: Option<&str>,
    label: String,
) -> Result<(Credential, SecretString), String> {
    let value: Value =
        serde_json::from_slice(body).map_err(|_| "the response is not valid JSON".to_owned())?;
    let text = |pointer: &str| {
        let found = value.pointer(pointer).and_then(Value::as_str).filter(|it| !it.is_empty());
        found.ok_or_else(|| format!("the response has no string at `{}`", pointer.escape_debug()))
    };
    let secret = SecretString::from(text(token)?);
    let source: Arc<dyn SecretSource> = match expiry {
        None => Arc::new(Fixed(secret.clone())),
        Some(pointer) => {
            let end = text(pointer)?.parse::<Timestamp>();
            let end = end.map_err(|_| {
                format!("the response has no time (RFC 3339) at `{}`", pointer.escape_debug())
            })?;
            Arc::new(Expiring { label: label.clone(), value: secret.clone(), end })
        }
    };
    Ok((Credential::new(label, source), secret))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    async fn check(body: &str, expiry: Option<&str>, expected: Result<&str, &str>) {
        let found = match take(body.as_bytes(), "/token", expiry, "token from git.example".to_owned()) {
            Err(why) => Err(why),
            Ok((credential, _)) => credential.reveal().await.map_err(|it| it.to_string()),
        };
        let found = found.map(|it| it.expose_secret().to_owned());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{body}");
    }

    #[tokio::test]
    async fn a_secret_is_taken_until_it_ends() {
        for (body, expiry, expected) in [
            (r#"{"token":"canary"}"#, None, Ok("canary")),
            (r#"{"token":"canary","end":"2999-01-01T00:00:00Z"}"#, Some("/end"), Ok("canary")),
            (r#"{"token":"canary","end":"2999-01-01T00:00:00+02:00"}"#, Some("/end"), Ok("canary")),
            (
                r#"{"token":"canary","end":"2020-01-01T00:00:00Z"}"#,
                Some("/end"),
                Err("not allowed: the token from git.example ended at 2020-01-01T00:00:00Z"),
            ),
            (
                r#"{"token":"canary","end":"canary"}"#,
                Some("/end"),
                Err("the response has no time (RFC 3339) at `/end`"),
            ),
            (r#"{"token":"canary"}"#, Some("/end"), Err("the response has no string at `/end`")),
            (r#"{"token":""}"#, None, Err("the response has no string at `/token`")),
            (r#"{"token":7}"#, None, Err("the response has no string at `/token`")),
            ("canary", None, Err("the response is not valid JSON")),
        ] {
            check(body, expiry, expected).await;
        }
    }
}
