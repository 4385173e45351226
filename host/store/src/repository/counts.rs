//! Numbers of rows, for administrators.

use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    Store, StoreError,
    entity::{check_run, connection, delivery, integration, pull, scan, source, user},
};

/// The numbers of rows of the tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Connections.
    pub connections: u64,
    /// Integrations.
    pub integrations: u64,
    /// Git sources.
    pub sources: u64,
    /// Pull requests.
    pub pulls: u64,
    /// Checks.
    pub checks: u64,
    /// Scans.
    pub scans: u64,
    /// Stored deliveries.
    pub deliveries: u64,
    /// Users.
    pub users: u64,
}

impl Store {
    /// Counts the rows.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let read = self.read();
        Ok(Counts {
            connections: connection::Entity::find().count(read).await?,
            integrations: integration::Entity::find().count(read).await?,
            sources: source::Entity::find().count(read).await?,
            pulls: pull::Entity::find().count(read).await?,
            checks: check_run::Entity::find().count(read).await?,
            scans: scan::Entity::find().count(read).await?,
            deliveries: delivery::Entity::find().count(read).await?,
            users: user::Entity::find().count(read).await?,
        })
    }
}
