//! The redirect of a response, if any.

use palisade_capabilities::{HttpError, Method};
use url::Url;

use crate::grant::{Grant, Origin};

/// The maximum number of redirects.
pub(crate) const MOST: usize = 5;

/// The next step after a response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// No redirect.
    Stay,
    /// The same request to another URL of the same server.
    Same(Url),
    /// To another server: no credentials are sent there.
    Other(Url),
}

/// The next step after a response with this status and `Location` (RFC 9110 §15.4). GET and HEAD are redirected to
/// granted hosts; other methods only within the same server, and only if the method is preserved (307, 308).
pub(crate) fn next(
    method: Method,
    status: u16,
    location: Option<&str>,
    from: &Url,
    grant: &Grant,
) -> Result<Next, HttpError> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return Ok(Next::Stay);
    }
    let lost = || HttpError::Transport(format!("the server returns {status} without a valid location"));
    let to = location.and_then(|it| from.join(it).ok()).ok_or_else(lost)?;
    let denied = |why: &str| Err(HttpError::Denied(format!("a redirect: {why}")));
    let target = match grant.check(&to) {
        Ok(target) => target,
        Err(why) => return denied(&why),
    };
    let Ok(source) = Origin::of(from) else { return denied("from nowhere") };
    if target.is_plain() && !source.is_plain() {
        return denied(&format!("`{target}` does not use HTTPS"));
    }
    let reads = matches!(method, Method::Get | Method::Head);
    match (reads, source == target) {
        (true, true) => Ok(Next::Same(to)),
        (true, false) => Ok(Next::Other(to)),
        (false, true) if matches!(status, 307 | 308) => Ok(Next::Same(to)),
        (false, true) => denied(&format!("the server returns {status} for a request that changes data")),
        (false, false) => denied(&format!("a request that changes data is not redirected to `{target}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, status: u16, location: Option<&str>) -> String {
        let grant =
            ["https://a.example", "https://b.example:8443", "http://plain.example", "https://plain.example"];
        let grant = Grant::new(grant).unwrap();
        let from = Url::parse("https://a.example/x/y?q=1").unwrap();
        let found = match next(method, status, location, &from, &grant) {
            Ok(Next::Stay) => "stay".to_owned(),
            Ok(Next::Same(url)) => format!("same {url}"),
            Ok(Next::Other(url)) => format!("other {url}"),
            Err(error) => error.to_string(),
        };
        format!("{method:?} {status} {}: {found}\n", location.unwrap_or("-"))
    }

    #[test]
    fn a_redirect_is_followed_or_refused() {
        use Method::{Delete, Get, Head, Post};
        let mut text = String::new();
        for (method, status, location) in [
            (Get, 200, Some("/z")),
            (Get, 304, Some("/z")),
            (Get, 300, Some("/z")),
            (Get, 301, Some("/z")),
            (Get, 302, Some("z?t=1")),
            (Head, 303, Some("https://A.example:443/z")),
            (Get, 307, Some("https://b.example:8443/z")),
            (Get, 302, Some("//b.example:8443/z")),
            (Get, 302, Some("https://b.example/z")),
            (Get, 302, Some("https://c.example/?t=canary")),
            (Get, 302, Some("http://a.example/")),
            (Get, 302, Some("http://plain.example/")),
            (Get, 302, Some("https://u:canary@a.example/")),
            (Get, 302, Some("file:///etc/passwd")),
            (Get, 302, Some("https://[::1]/")),
            (Get, 302, Some("https://2130706433/")),
            (Get, 302, Some("https://")),
            (Get, 302, None),
            (Post, 307, Some("/z")),
            (Delete, 308, Some("/z")),
            (Post, 302, Some("/z")),
            (Post, 303, Some("/z")),
            (Post, 308, Some("https://b.example:8443/z")),
        ] {
            text.push_str(&check(method, status, location));
        }
        assert!(!text.replace("?t=canary", "").replace("u:canary@", "").contains("canary"));
        insta::assert_snapshot!(text, @r"
        Get 200 /z: stay
        Get 304 /z: stay
        Get 300 /z: stay
        Get 301 /z: same https://a.example/z
        Get 302 z?t=1: same https://a.example/x/z?t=1
        Head 303 https://A.example:443/z: same https://a.example/z
        Get 307 https://b.example:8443/z: other https://b.example:8443/z
        Get 302 //b.example:8443/z: other https://b.example:8443/z
        Get 302 https://b.example/z: not allowed: a redirect: `https://b.example` is not granted
        Get 302 https://c.example/?t=canary: not allowed: a redirect: `https://c.example` is not granted
        Get 302 http://a.example/: not allowed: a redirect: `http://a.example` is not granted
        Get 302 http://plain.example/: not allowed: a redirect: `http://plain.example` does not use HTTPS
        Get 302 https://u:canary@a.example/: not allowed: a redirect: the address of the host `a.example` contains a user name or a password: use a credential
        Get 302 file:///etc/passwd: not allowed: a redirect: `file:…` is not a server address: expected `https://host`, `https://host:port` or `host`
        Get 302 https://[::1]/: not allowed: a redirect: `https://[::1]` is not granted
        Get 302 https://2130706433/: not allowed: a redirect: `https://127.0.0.1` is not granted
        Get 302 https://: the server returns 302 without a valid location
        Get 302 -: the server returns 302 without a valid location
        Post 307 /z: same https://a.example/z
        Delete 308 /z: same https://a.example/z
        Post 302 /z: not allowed: a redirect: the server returns 302 for a request that changes data
        Post 303 /z: not allowed: a redirect: the server returns 303 for a request that changes data
        Post 308 https://b.example:8443/z: not allowed: a redirect: a request that changes data is not redirected to `https://b.example:8443`
        ");
    }
}
