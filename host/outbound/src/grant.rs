//! The hosts that are granted to a plugin.

use std::collections::BTreeSet;
use std::fmt;

use thiserror::Error;
use url::{Host, Url};

/// A text that is not a valid host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GrantError {
    /// It cannot be parsed, or the scheme is not supported.
    #[error("{0} is not a server address: expected `https://host`, `https://host:port` or `host`")]
    NoServer(String),
    /// It contains a user name or a password.
    #[error("the address of the host `{0}` contains a user name or a password: use a credential")]
    UserInfo(String),
}

/// Scheme, host and port: the scope of a credential (RFC 6454 §4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Origin {
    plain: bool,
    host: String,
    port: u16,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.plain { ("http", 80) } else { ("https", 443) };
        write!(out, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(out, ":{}", self.port) }
    }
}

impl Origin {
    /// The origin of a URL. The parser has lower-cased the host, converted it to ASCII and normalised every spelling of
    /// an IPv4 address (<https://url.spec.whatwg.org/#host-parsing>).
    pub(crate) fn of(url: &Url) -> Result<Origin, GrantError> {
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            other => return Err(GrantError::NoServer(format!("`{other}:…`"))),
        };
        let nowhere = || GrantError::NoServer("an address without a host".to_owned());
        let host = url.host_str().filter(|it| !it.is_empty()).ok_or_else(nowhere)?.to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(GrantError::UserInfo(host));
        }
        if matches!(url.host(), Some(Host::Domain(it)) if it.ends_with('.')) {
            return Err(GrantError::NoServer(format!("`{host}`, which ends with a dot,")));
        }
        Ok(Origin { plain, host, port: url.port_or_known_default().ok_or_else(nowhere)? })
    }

    /// Whether it does not use TLS.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }
}

/// The granted hosts, by scheme and port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant(BTreeSet<Origin>);

impl Grant {
    /// Grants the servers of base URLs, such as `https://git.example:8443/api/v4`. A bare `host` or `host:port` means
    /// HTTPS; plain HTTP is granted only if it is written.
    pub fn new<'a>(urls: impl IntoIterator<Item = &'a str>) -> Result<Grant, GrantError> {
        urls.into_iter().map(read).collect::<Result<_, _>>().map(Grant)
    }

    /// Returns the origin of a URL if it is granted, else the reason, as a message for users.
    pub(crate) fn check(&self, url: &Url) -> Result<Origin, String> {
        let origin = Origin::of(url).map_err(|error| error.to_string())?;
        if self.0.contains(&origin) { Ok(origin) } else { Err(format!("`{origin}` is not granted")) }
    }
}

fn read(text: &str) -> Result<Origin, GrantError> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    // The text is not printed: it may contain a password.
    let url = Url::parse(&whole).map_err(|error| GrantError::NoServer(format!("a text ({error})")))?;
    Origin::of(&url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(grant: &[&str], url: &str, granted: bool) {
        let grant = Grant::new(grant.iter().copied()).unwrap();
        let result = Url::parse(url).map_err(|it| it.to_string()).and_then(|url| grant.check(&url));
        assert_eq!(result.is_ok(), granted, "{url}: {result:?}");
    }

    #[test]
    fn a_url_is_granted_by_scheme_host_and_port() {
        let grant =
            ["https://api.github.com", "git.example:8443", "http://plain.example/base", "bücher.example"];
        for (url, granted) in [
            ("https://api.github.com/repos", true),
            ("https://API.GitHub.com:443/", true),
            ("https://api.github.com./", false),
            ("https://api.github.com:8443/", false),
            ("http://api.github.com/", false),
            ("https://github.com/", false),
            ("https://x.api.github.com/", false),
            ("https://api.github.com.evil.example/", false),
            ("https://api.github.com@evil.example/", false),
            ("https://user@api.github.com/", false),
            ("https://evil.example#@api.github.com/", false),
            ("https://evil.example\\@api.github.com/", false),
            ("https://api。github。com/", true),
            ("https://git.example:8443/x", true),
            ("https://git.example/x", false),
            ("http://plain.example/x", true),
            ("https://plain.example/x", false),
            ("https://xn--bcher-kva.example/", true),
            ("ftp://api.github.com/", false),
            ("file:///etc/passwd", false),
            ("data:text/plain,x", false),
        ] {
            check(&grant, url, granted);
        }
    }

    #[test]
    fn what_cannot_be_granted_is_told_without_its_password() {
        let refused: Vec<String> = [
            "https://user:canary@git.example/",
            "https://user:canary@[bad/",
            "user:canary@git.example",
            "ftp://git.example",
            "git.example.",
            "",
        ]
        .iter()
        .map(|text| Grant::new([*text]).unwrap_err().to_string())
        .collect();
        assert!(!refused.join("\n").contains("canary"));
        insta::assert_snapshot!(refused.join("\n"), @r"
        the address of the host `git.example` contains a user name or a password: use a credential
        a text (invalid IPv6 address) is not a server address: expected `https://host`, `https://host:port` or `host`
        the address of the host `git.example` contains a user name or a password: use a credential
        `ftp:…` is not a server address: expected `https://host`, `https://host:port` or `host`
        `git.example.`, which ends with a dot, is not a server address: expected `https://host`, `https://host:port` or `host`
        a text (empty host) is not a server address: expected `https://host`, `https://host:port` or `host`
        ");
    }
}
