//! Headers: those that a guest can set, and those that carry a credential.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use palisade_capabilities::{AuthScheme, HttpError};
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

/// Headers that only the host sets: they authenticate the request, or determine its target or its end.
const HOSTS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn is_hosts(name: &HeaderName) -> bool {
    HOSTS.contains(&name.as_str()) || name.as_str().starts_with("proxy-")
}

fn denied(name: &str) -> HttpError {
    HttpError::Denied(format!("the header `{}` cannot be set", name.escape_debug()))
}

/// Checks the headers that a guest sets: all must be allowed, and none may contain a line break (RFC 9110 §5.5).
pub(crate) fn guests(headers: &[(String, String)]) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let key = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| HttpError::Denied(format!("invalid header name `{}`", name.escape_debug())))?;
        if is_hosts(&key) {
            return Err(denied(name));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| HttpError::Denied(format!("invalid value of the header `{key}`")))?;
        map.append(key, value);
    }
    // Size limits apply to the transferred bytes, and nothing is decompressed here.
    map.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Ok(map)
}

/// The header with a credential, marked as sensitive so that it is not printed.
pub(crate) fn auth(
    scheme: &AuthScheme,
    secret: &SecretString,
) -> Result<(HeaderName, HeaderValue), HttpError> {
    let secret = secret.expose_secret();
    let (name, text) = match scheme {
        AuthScheme::Bearer => (AUTHORIZATION, format!("Bearer {secret}")),
        AuthScheme::Basic(user) => {
            // RFC 7617 §2: the part in front of the first colon is the user.
            if user.contains(':') || user.contains(char::is_control) {
                return Err(HttpError::Denied("a user name with a colon or a control character".to_owned()));
            }
            (AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))))
        }
        AuthScheme::Header(name) => {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| denied(name))?;
            if is_hosts(&key) && key != AUTHORIZATION {
                return Err(denied(name));
            }
            (key, secret.to_owned())
        }
    };
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| HttpError::Denied("the credential is not a valid header value".to_owned()))?;
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, good: bool) {
        let found = guests(&[(name.to_owned(), value.to_owned())]);
        assert_eq!(found.is_ok(), good, "{name}: {value}");
        if let Err(error) = found {
            assert!(matches!(error, HttpError::Denied(_)), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }

    #[test]
    fn guests_set_some_headers_only() {
        for name in ["accept", "Content-Type", "X-GitHub-Api-Version", "user-agent", "if-none-match"] {
            check(name, "canary", true);
        }
        for name in [
            "authorization",
            "Authorization",
            "COOKIE",
            "host",
            "content-length",
            "transfer-encoding",
            "proxy-authorization",
            "Proxy-Connection",
            "connection",
            "te",
            "upgrade",
            "expect",
            "a b",
            "",
            "a:b",
            "a\r\nhost",
        ] {
            check(name, "canary", false);
        }
        for value in ["canary\r\nhost: x", "canary\nx", "canary\rx", "canary\0"] {
            check("x-one", value, false);
        }
    }

    #[test]
    fn a_credential_goes_into_its_header_and_is_not_printed() {
        let secret = SecretString::from("canary");
        let show = |scheme: &AuthScheme| match auth(scheme, &secret) {
            Err(error) => error.to_string(),
            Ok((name, value)) => {
                assert!(!format!("{value:?}").contains("canary"));
                format!("{name}: {}", value.to_str().unwrap())
            }
        };
        let shown: Vec<String> = [
            AuthScheme::Bearer,
            AuthScheme::Basic("user".to_owned()),
            AuthScheme::Basic("us:er".to_owned()),
            AuthScheme::Header("Private-Token".to_owned()),
            AuthScheme::Header("authorization".to_owned()),
            AuthScheme::Header("Cookie".to_owned()),
            AuthScheme::Header("host".to_owned()),
            AuthScheme::Header("a b".to_owned()),
        ]
        .iter()
        .map(show)
        .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        authorization: Bearer canary
        authorization: Basic dXNlcjpjYW5hcnk=
        not allowed: a user name with a colon or a control character
        private-token: canary
        authorization: canary
        not allowed: the header `Cookie` cannot be set
        not allowed: the header `host` cannot be set
        not allowed: the header `a b` cannot be set
        ");
        let broken = auth(&AuthScheme::Bearer, &SecretString::from("canary\r\nx: y")).unwrap_err();
        assert_eq!(broken.to_string(), "not allowed: the credential is not a valid header value");
    }
}
