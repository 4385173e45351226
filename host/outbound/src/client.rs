//! The one client of a process.

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

/// Makes requests for all plugins. Connections are kept by host: each was made to a checked address.
#[derive(Clone)]
pub struct Outbound {
    core: Arc<Core>,
    runtime: Handle,
}

impl Outbound {
    /// A client. To be made within the runtime that its requests run in.
    pub fn new(options: Options) -> Result<Outbound, OutboundError> {
        let runtime = Handle::try_current().map_err(|error| OutboundError::Client(error.to_string()))?;
        Ok(Outbound { core: Arc::new(Core::new(options)?), runtime })
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
