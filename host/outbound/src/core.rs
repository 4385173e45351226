//! What the requests of all plugins share: connections, and the rules for addresses.

use std::net::IpAddr;
use std::sync::Arc;

use palisade_capabilities::HttpError;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::{Host, Url};

use crate::address::Networks;
use crate::lookup::{Forbidden, Guard};
use crate::options::{Options, OutboundError};

/// What all plugins share.
pub(crate) struct Core {
    pub(crate) client: Client,
    pub(crate) options: Options,
    networks: Arc<Networks>,
}

impl Core {
    pub(crate) fn new(options: Options) -> Result<Core, OutboundError> {
        let networks = Arc::new(options.networks.clone());
        let client = client(&options, &networks)?;
        Ok(Core { client, options, networks })
    }

    /// Checks a URL whose host is an address, since it is not resolved.
    pub(crate) fn check(&self, url: &Url) -> Result<(), HttpError> {
        let address = match url.host() {
            Some(Host::Ipv4(it)) => IpAddr::V4(it),
            Some(Host::Ipv6(it)) => IpAddr::V6(it),
            _ => return Ok(()),
        };
        self.networks
            .accept(address)
            .map_err(|kind| HttpError::Denied(Forbidden { host: address.to_string(), kind }.to_string()))
    }
}

fn client(options: &Options, networks: &Arc<Networks>) -> Result<Client, OutboundError> {
    // If another provider is installed already, it is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = Vec::new();
    for (row, pem) in options.roots.iter().enumerate() {
        let found = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if found.is_empty() {
            return Err(OutboundError::Root(row));
        }
        roots.extend(found);
    }
    let guard = Guard { lookup: Arc::clone(&options.lookup), networks: Arc::clone(networks) };
    Client::builder()
        .user_agent(concat!("palisade/", env!("CARGO_PKG_VERSION")))
        .tls_certs_merge(roots)
        .dns_resolver(Arc::new(guard))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .referer(false)
        .http1_only()
        .connect_timeout(options.connect_timeout)
        .build()
        .map_err(|error| OutboundError::Client(crate::body::cause(&error.without_url())))
}
