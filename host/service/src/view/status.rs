//! How the service is set up.

use palisade_store::repository::counts::Counts;
use serde::Serialize;
use utoipa::ToSchema;

/// Returns the status of the service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Status {
    pub version: &'static str,
    /// The identity of this installation.
    pub instance: String,
    /// `sqlite` or `postgres`.
    pub database: &'static str,
    pub plugins: Vec<Plugin>,
    pub counts: Numbers,
}

/// A plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Plugin {
    pub name: String,
    pub version: String,
    /// SHA-256 of the component.
    pub digest: String,
    /// Its world: `parser`, `pack` or `provider`.
    pub world: &'static str,
    /// Whether it is built in.
    pub built_in: bool,
}

/// Numbers of objects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Numbers {
    pub connections: u64,
    pub integrations: u64,
    pub sources: u64,
    pub pulls: u64,
    pub checks: u64,
    pub scans: u64,
    pub deliveries: u64,
    pub users: u64,
}

impl From<Counts> for Numbers {
    fn from(it: Counts) -> Numbers {
        Numbers {
            connections: it.connections,
            integrations: it.integrations,
            sources: it.sources,
            pulls: it.pulls,
            checks: it.checks,
            scans: it.scans,
            deliveries: it.deliveries,
            users: it.users,
        }
    }
}
