//! What is done with the tables, one file a subject. A handle borrows the store: `store.pulls().touch(…)`.

pub mod acceptances;
pub mod alerts;
pub mod audit;
pub mod checks;
pub mod connections;
pub mod counts;
pub mod deliveries;
pub mod integrations;
pub mod inventory;
pub mod memory;
pub mod people;
pub mod pulls;
pub mod scans;
pub mod secrets;
pub mod sources;

use crate::Store;

macro_rules! handles {
    ($($(#[$doc:meta])* $method:ident: $module:ident::$name:ident;)*) => {
        impl Store {
            $($(#[$doc])* pub fn $method(&self) -> $module::$name<'_> { $module::$name { store: self } })*
        }
    };
}

handles! {
    /// Accepted risks.
    acceptances: acceptances::Acceptances;
    /// What detectors saw.
    alerts: alerts::Alerts;
    /// The chain of what was done.
    audit: audit::Audit;
    /// What checks should say.
    checks: checks::Checks;
    /// Apps on servers.
    connections: connections::Connections;
    /// Accepted webhook deliveries.
    deliveries: deliveries::Deliveries;
    /// Installations.
    integrations: integrations::Integrations;
    /// Resources and findings.
    inventory: inventory::Inventory;
    /// What plugins remember.
    memory: memory::Memory;
    /// Users and tokens.
    people: people::People;
    /// Pull requests.
    pulls: pulls::Pulls;
    /// Scans.
    scans: scans::Scans;
    /// Git sources.
    sources: sources::Sources;
}
