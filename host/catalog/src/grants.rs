//! What the administrator lets a plugin have. The manifest asks, the grant gives; both gates must be open.

use std::collections::BTreeSet;

use palisade_bundle::{Capability, Manifest};
use serde::{Deserialize, Serialize};

/// What is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Interfaces of the host.
    pub capabilities: BTreeSet<Capability>,
    /// Hosts that requests may go to.
    pub hosts: BTreeSet<String>,
    /// Credentials that may be used.
    pub credentials: BTreeSet<String>,
    /// Whether a parser may keep files to itself that a built-in one reads too.
    pub own: bool,
}

impl Default for Grants {
    /// What can neither leak nor keep anything: lines for the operator, the tree that is scanned, the frozen
    /// moment, and the settings that the administrator wrote. The rest is granted by name.
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
    /// What a manifest asks for and does not get, for a reader.
    pub fn missing(&self, manifest: &Manifest) -> Vec<String> {
        let reach = manifest.reach();
        let capabilities = reach.difference(&self.capabilities).map(|it| format!("capability `{it}`"));
        let hosts = manifest.hosts.difference(&self.hosts).map(|it| format!("host `{it}`"));
        let credentials =
            manifest.credentials.difference(&self.credentials).map(|it| format!("credential `{it}`"));
        capabilities.chain(hosts).chain(credentials).collect()
    }
}
