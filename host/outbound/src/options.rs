//! Options of the HTTP client.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::address::Networks;
use crate::lookup::{Lookup, SystemLookup};

/// Limits and networks, for all plugins.
#[derive(Clone)]
pub struct Options {
    /// Certificates in PEM that are trusted in addition to those of the system.
    pub roots: Vec<Vec<u8>>,
    /// Networks to which connections are allowed although they are not public.
    pub networks: Networks,
    /// The resolver of names.
    pub lookup: Arc<dyn Lookup>,
    /// The timeout of a connection attempt.
    pub connect_timeout: Duration,
    /// The timeout of a request, including its response and redirects.
    pub timeout: Duration,
    /// The timeout of a download or of a fetch with Git's protocol, including its body.
    pub transfer_timeout: Duration,
    /// The largest response, in bytes.
    pub largest_answer: u64,
    /// The largest download, in bytes.
    pub largest_download: u64,
    /// The largest response in Git's protocol, in bytes.
    pub largest_pack: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            roots: Vec::new(),
            networks: Networks::default(),
            lookup: Arc::new(SystemLookup),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_mins(1),
            transfer_timeout: Duration::from_mins(10),
            largest_answer: 16 << 20,
            largest_download: 512 << 20,
            largest_pack: 1 << 30,
        }
    }
}

/// The reason why a client could not be created.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OutboundError {
    /// A certificate cannot be parsed; the value is its index.
    #[error("root certificate {0} is not a PEM certificate")]
    Root(usize),
    /// The client cannot be created.
    #[error("cannot create an HTTP client: {0}")]
    Client(String),
}
