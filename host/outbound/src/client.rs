//! The HTTP client of a process.

use std::sync::Arc;

use palisade_capabilities::{Credential, Http};
use palisade_source::GitWeb;
use tokio::runtime::Handle;

use crate::core::Core;
use crate::gate::Gate;
use crate::git::Carrier;
use crate::grant::Grant;
use crate::options::{Options, OutboundError};
use crate::plugin::Plugin;

/// Sends requests for all plugins. Connections are pooled by host: each one was made to a checked address.
#[derive(Clone)]
pub struct Outbound {
    core: Arc<Core>,
    runtime: Handle,
}

impl Outbound {
    /// Creates a client. Call it within the runtime that its requests run in.
    pub fn new(options: Options) -> Result<Outbound, OutboundError> {
        let runtime = Handle::try_current().map_err(|error| OutboundError::Client(error.to_string()))?;
        Ok(Outbound { core: Arc::new(Core::new(options)?), runtime })
    }

    /// The client of one plugin, or of one integration of it: only to granted hosts, and only while the gate is open.
    pub fn for_plugin(&self, grant: Grant, gate: Arc<dyn Gate>) -> Arc<dyn Http> {
        Arc::new(Plugin::new(Arc::clone(&self.core), grant, gate))
    }

    /// The transport of Git's protocol over HTTP, with `user` and a credential as the password (RFC 7617). Its requests
    /// block: call them on a thread that may block (`tokio::task::spawn_blocking` or a separate thread). Within a task
    /// of the runtime they panic.
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
