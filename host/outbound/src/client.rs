//! The one client of a process.

use std::net::IpAddr;
use std::sync::Arc;

use palisade_capabilities::{Credential, Http, HttpError};
use palisade_source::GitWeb;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use tokio::runtime::Handle;
use url::{Host, Url};

use crate::gate::Gate;
use crate::git::Carrier;
use crate::grant::Grant;
use crate::lookup::{Forbidden, Guard};
use crate::options::{Options, OutboundError};
use crate::plugin::Plugin;

/// Makes requests for all plugins. Connections are kept by host: each was made to a checked address.
#[derive(Clone)]
pub struct Outbound {
    core: Arc<Core>,
    runtime: Handle,
}

/// What all plugins share.
pub(crate) struct Core {
    pub(crate) client: Client,
    pub(crate) options: Options,
    networks: Arc<crate::address::Networks>,
}

impl Outbound {
    /// A client. To be made within the runtime that its requests run in.
    pub fn new(options: Options) -> Result<Outbound, OutboundError> {
        let runtime = Handle::try_current().map_err(|error| OutboundError::Client(error.to_string()))?;
        let networks = Arc::new(options.networks.clone());
        let client = client(&options, &networks)?;
        Ok(Outbound { core: Arc::new(Core { client, options, networks }), runtime })
    }

    /// Requests of one plugin, or of one integration of it: to granted hosts, when the gate is open.
    pub fn for_plugin(&self, grant: Grant, gate: Arc<dyn Gate>) -> Arc<dyn Http> {
        Arc::new(Plugin::new(Arc::clone(&self.core), grant, gate))
    }

    /// Requests of Git's protocol over HTTP, with `user` and a credential as the password (RFC 7617). They block,
    /// and must be called from a thread that may (`tokio::task::spawn_blocking` or one of its own), never from
    /// within a task of the runtime, which panics.
    pub fn git(
        &self,
        grant: Grant,
        gate: Arc<dyn Gate>,
        user: impl Into<String>,
        credential: Credential,
    ) -> Arc<dyn GitWeb> {
        let plugin = Plugin::new(Arc::clone(&self.core), grant, gate);
        Arc::new(Carrier { plugin, runtime: self.runtime.clone(), user: user.into(), credential })
    }
}

impl Core {
    /// Whether the host of a URL may be connected to where it is an address: nobody looks that up.
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

fn client(options: &Options, networks: &Arc<crate::address::Networks>) -> Result<Client, OutboundError> {
    // Another one may be there already, which is as good.
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
