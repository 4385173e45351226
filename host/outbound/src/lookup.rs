//! Resolves names to the addresses to which connections are allowed.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::address::{AddressKind, Networks};

/// Resolves names.
#[async_trait]
pub trait Lookup: Send + Sync {
    /// Returns the addresses of a host.
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let host = host.to_owned();
        let found = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs());
        Ok(found.await.map_err(io::Error::other)??.map(|it| it.ip()).collect())
    }
}

/// A host resolves to addresses to which connections are not allowed. The addresses are not printed: they are the
/// administrator's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{host}` resolves to an address that is not allowed ({kind}): add its network if it is yours")]
pub(crate) struct Forbidden {
    pub(crate) host: String,
    pub(crate) kind: AddressKind,
}

/// The resolver of the client, which connects only to the addresses that it returns.
pub(crate) struct Guard {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) networks: Arc<Networks>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, networks) = (Arc::clone(&self.lookup), Arc::clone(&self.networks));
        Box::pin(async move {
            let found = lookup.lookup(name.as_str()).await?;
            let (mut good, mut bad) = (Vec::new(), None);
            for address in found {
                match networks.accept(address) {
                    Ok(()) => good.push(SocketAddr::new(address.to_canonical(), 0)),
                    Err(kind) => bad = Some(kind),
                }
            }
            match bad {
                Some(kind) if good.is_empty() => {
                    Err(Box::new(Forbidden { host: name.as_str().to_owned(), kind }) as _)
                }
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}
