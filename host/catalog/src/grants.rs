//! What an administrator grants to a plugin. A plugin gets what its manifest requests and the grant allows.

use std::collections::BTreeSet;

use palisade_bundle::{Capability, Manifest};
use serde::{Deserialize, Serialize};

/// The grants of a plugin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Capabilities: interfaces of the host.
    pub capabilities: BTreeSet<Capability>,
    /// Hosts that requests may go to.
    pub hosts: BTreeSet<String>,
    /// Credentials that may be used.
    pub credentials: BTreeSet<String>,
    /// Whether a parser may own files that a built-in parser reads too.
    pub own: bool,
}

impl Default for Grants {
    /// Capabilities that can neither leak nor keep data: log lines, the scanned tree, the frozen clock, and the
    /// settings of the administrator. Everything else is granted by name.
    fn default() -> Grants {
        Grants {
            capabilities: [Capability::Log, Capability::Snapshot, Capability::Clock, Capability::Settings]
                .into(),
            hosts: BTreeSet::new(),
            credentials: BTreeSet::new(),
            own: false,
        }
    }
}

impl Grants {
    /// What a manifest requests and the grant does not allow, for messages.
    pub fn missing(&self, manifest: &Manifest) -> Vec<String> {
        let reach = manifest.reach();
        let capabilities = reach.difference(&self.capabilities).map(|it| format!("capability `{it}`"));
        let hosts = manifest.hosts.difference(&self.hosts).map(|it| format!("host `{it}`"));
        let credentials =
            manifest.credentials.difference(&self.credentials).map(|it| format!("credential `{it}`"));
        capabilities.chain(hosts).chain(credentials).collect()
    }
}
