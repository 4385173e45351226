//! How the service is set up.

use axum::Json;
use axum::extract::State;
use palisade_service::{PluginInfo, Service};
use palisade_store::Database;
use palisade_store::repository::counts::Counts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::error::ApiError;

/// Status of the service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    version: &'static str,
    /// The identity of this installation.
    instance: String,
    /// `sqlite` or `postgres`.
    database: &'static str,
    plugins: Vec<Plugin>,
    counts: Numbers,
}

/// A plugin.
#[derive(Debug, Serialize, ToSchema)]
struct Plugin {
    name: String,
    version: String,
    /// SHA-256 of the component.
    digest: String,
    /// Its world: `parser`, `pack` or `provider`.
    world: &'static str,
    /// Whether it is built in.
    built_in: bool,
}

impl From<PluginInfo> for Plugin {
    fn from(it: PluginInfo) -> Plugin {
        Plugin {
            name: it.name,
            version: it.version,
            digest: it.digest,
            world: it.world,
            built_in: it.built_in,
        }
    }
}

/// Numbers of objects.
#[derive(Debug, Serialize, ToSchema)]
struct Numbers {
    connections: u64,
    integrations: u64,
    sources: u64,
    pulls: u64,
    checks: u64,
    scans: u64,
    deliveries: u64,
    users: u64,
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

/// Returns the status of the service.
#[utoipa::path(get, path = "/status", operation_id = "status.show", tag = "status",
    responses((status = 200, description = "The status.", body = Status)))]
pub(crate) async fn show(State(service): State<Service>) -> Result<Json<Status>, ApiError> {
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        instance: service.store().instance().await?,
        database: match service.store().database() {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgres",
        },
        plugins: service.plugins().into_iter().map(Plugin::from).collect(),
        counts: service.store().counts().await?.into(),
    }))
}
