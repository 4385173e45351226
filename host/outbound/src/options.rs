//! How the host makes requests.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::address::Networks;
use crate::lookup::{Lookup, SystemLookup};

/// Bounds and places, for all plugins.
#[derive(Clone)]
pub struct Options {
    /// Certificates in PEM that are trusted beside those of the system.
    pub roots: Vec<Vec<u8>>,
    /// Networks that may be connected to though they are not public.
    pub networks: Networks,
    /// How names become addresses.
    pub lookup: Arc<dyn Lookup>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long a request may take, its answer and redirects included.
    pub timeout: Duration,
    /// How long a download or a fetch over Git's protocol may take, its body included.
    pub transfer_timeout: Duration,
    /// The most bytes of an answer.
    pub largest_answer: u64,
    /// The most bytes of a download.
    pub largest_download: u64,
    /// The most bytes of an answer in Git's protocol.
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

/// Why no client can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OutboundError {
    /// A certificate cannot be read.
    #[error("root certificate {0} is not a PEM certificate")]
    Root(usize),
    /// The client refuses.
    #[error("cannot create an HTTP client: {0}")]
    Client(String),
}
