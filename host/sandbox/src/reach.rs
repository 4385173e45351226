//! What an adapter can access outside of the sandbox.

use std::sync::Arc;

use palisade_capabilities::{Credentials, Http, Memory};

/// What a guest can access outside of the sandbox. The default is nothing.
#[derive(Clone, Default)]
pub struct Reach {
    /// Requests to the granted hosts.
    pub http: Option<Arc<dyn Http>>,
    /// Credentials by name.
    pub credentials: Option<Arc<dyn Credentials>>,
    /// Its memory.
    pub memory: Option<Arc<dyn Memory>>,
}
