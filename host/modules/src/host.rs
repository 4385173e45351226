//! The administrator's allow-list of hosts.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use palisade_outbound::{AddressKind, kind};
use thiserror::Error;
use url::{Host, Url};

/// A text that is not a valid host.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "invalid host `{0}`: expected a name such as `registry.terraform.io`, `*.example.com` or `example.com:8443`"
)]
pub struct HostError(String);

/// A host from which modules may be fetched, over HTTPS, or over plain HTTP if it is written as `http://host`. Without
/// a port, it is the default port. `*.example.com` matches every host below `example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    plain: bool,
    below: bool,
    host: String,
    port: u16,
}

impl FromStr for AllowedHost {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let error = || HostError(text.escape_debug().to_string());
        let (plain, rest) = match text.strip_prefix("http://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("https://").unwrap_or(text)),
        };
        let (below, rest) = rest.strip_prefix("*.").map_or((false, rest), |rest| (true, rest));
        let scheme = if plain { "http" } else { "https" };
        let url = Url::parse(&format!("{scheme}://{rest}/")).map_err(|_| error())?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && !rest.contains(['/', '@', '*']);
        let port = url.port_or_known_default().filter(|_| bare).ok_or_else(error)?;
        let host = url.host_str().filter(|it| !it.is_empty()).ok_or_else(error)?.to_owned();
        if below && (!host.contains('.') || matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))) {
            return Err(error());
        }
        Ok(AllowedHost { plain, below, host, port })
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = if self.plain { "http://" } else { "" };
        let below = if self.below { "*." } else { "" };
        write!(out, "{plain}{below}{}", self.host)?;
        let usual = if self.plain { 80 } else { 443 };
        if self.port == usual { Ok(()) } else { write!(out, ":{}", self.port) }
    }
}

impl AllowedHost {
    /// The URL of a host, with the scheme and port of this entry.
    pub(crate) fn url_of(&self, host: &str) -> Option<Url> {
        let scheme = if self.plain { "http" } else { "https" };
        Url::parse(&format!("{scheme}://{host}:{}/", self.port)).ok()
    }
}

/// The addresses that an entry of the list allows a name to resolve to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The entry is this exact address, or `localhost`: it may be this machine.
    Itself,
    /// The entry is this exact name: it may be in a private network, but not this machine.
    Private,
    /// The entry is a pattern: the address must be public.
    Public,
}

/// The allow-list.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowList(pub(crate) Vec<AllowedHost>);

/// `host`, or `host:port` if it is not the default port, in the form of an entry of the list.
pub(crate) fn entry(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let plain = if url.scheme() == "http" { "http://" } else { "" };
    match url.port() {
        Some(port) => format!("{plain}{host}:{port}"),
        None => format!("{plain}{host}"),
    }
}

impl AllowList {
    /// The trust in a URL's host; `None` if it is not on the list.
    pub(crate) fn trust(&self, url: &Url) -> Option<Trust> {
        let host = url.host_str()?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return None,
        };
        let port = url.port_or_known_default()?;
        let fitting = |it: &&AllowedHost| it.plain == plain && it.port == port;
        if self.0.iter().filter(fitting).any(|it| !it.below && it.host == host) {
            let address = matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
            return Some(if address || host == "localhost" { Trust::Itself } else { Trust::Private });
        }
        let below = |it: &AllowedHost| {
            it.below && host.strip_suffix(&it.host).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        };
        self.0.iter().filter(fitting).any(below).then_some(Trust::Public)
    }
}

impl Trust {
    /// Whether a connection to an address is allowed.
    pub(crate) fn accepts(self, address: IpAddr) -> bool {
        match self {
            Trust::Itself => true,
            Trust::Private => matches!(kind(address), AddressKind::Public | AddressKind::Private),
            Trust::Public => kind(address) == AddressKind::Public,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_are_entries() {
        for good in
            ["example.com", "https://example.com", "http://127.0.0.1:80", "[::1]:8443", "*.example.com"]
        {
            assert!(good.parse::<AllowedHost>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a b",
            "example.com/path",
            "user@example.com",
            "*",
            "*.com",
            "a.*.com",
            "ftp://x.y",
            "x?y",
            "*.127.0.0.1",
        ] {
            assert!(bad.parse::<AllowedHost>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_url_is_allowed_by_scheme_host_and_port() {
        let list =
            ["example.com", "http://127.0.0.1:8080", "*.corp.example", "git.example:8443", "localhost"];
        let list = AllowList(list.iter().map(|it| it.parse().unwrap()).collect());
        for (url, trust) in [
            ("https://example.com/x", Some(Trust::Private)),
            ("https://EXAMPLE.com:443/x", Some(Trust::Private)),
            ("http://example.com/x", None),
            ("https://example.com:444/x", None),
            ("https://www.example.com/x", None),
            ("https://example.com.evil.org/x", None),
            ("http://127.0.0.1:8080/", Some(Trust::Itself)),
            ("http://127.0.0.1:8081/", None),
            ("https://127.0.0.1:8080/", None),
            ("https://a.b.corp.example/", Some(Trust::Public)),
            ("https://corp.example/", None),
            ("https://evilcorp.example/", None),
            ("https://git.example:8443/", Some(Trust::Private)),
            ("https://localhost/", Some(Trust::Itself)),
            ("file:///etc/passwd", None),
            ("ftp://example.com/", None),
        ] {
            assert_eq!(list.trust(&Url::parse(url).unwrap()), trust, "{url}");
        }
    }

    #[test]
    fn addresses_are_accepted_by_trust() {
        for (address, private, public) in [
            ("93.184.216.34", true, true),
            ("10.1.2.3", true, false),
            ("192.168.1.1", true, false),
            ("100.64.0.1", true, false),
            ("fd00::1", true, false),
            ("127.0.0.1", false, false),
            ("::1", false, false),
            ("::ffff:127.0.0.1", false, false),
            ("169.254.169.254", false, false),
            ("fe80::1", false, false),
            ("0.0.0.0", false, false),
            ("192.0.0.192", false, false),
            ("168.63.129.16", false, false),
            ("64:ff9b::a01:203", false, false),
            ("2002:a01:203::1", false, false),
            ("2606:2800:220:1::1", true, true),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(Trust::Private.accepts(address), private, "{address}");
            assert_eq!(Trust::Public.accepts(address), public, "{address}");
            assert!(Trust::Itself.accepts(address));
        }
    }
}
