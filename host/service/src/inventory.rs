//! The last known state: pull requests, and the resources of sources.

use palisade_store::Page;
use palisade_store::repository as store;

use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// The last known pull requests and resources.
pub struct Inventory<'a> {
    pulls: store::pulls::Pulls<'a>,
    sources: store::sources::Sources<'a>,
    resources: store::inventory::Inventory<'a>,
}

impl Service {
    /// Returns the inventory.
    pub fn inventory(&self) -> Inventory<'_> {
        let store = &self.0.store;
        Inventory { pulls: store.pulls(), sources: store.sources(), resources: store.inventory() }
    }
}

impl Inventory<'_> {
    /// Lists the pull requests of an integration, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn pulls(&self, integration: &str, page: &Page) -> Result<List<view::Pull>, ServiceError> {
        let rows = self.pulls.list(integration, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Pull::from))
    }

    /// Queues another evaluation of a pull request.
    ///
    /// # Errors
    /// If it does not exist, or is closed.
    pub async fn recheck(&self, id: &str) -> Result<view::Pull, ServiceError> {
        let pull = self.pulls.get(id).await?;
        if !pull.open {
            return Err(ServiceError::invalid("pull", format!("pull request {} is closed", pull.number)));
        }
        self.pulls.touch(&pull.integration_id, &pull.repository, pull.number).await?;
        Ok(self.pulls.get(id).await?.into())
    }

    /// Lists the resources of a source in its latest full scan, one page at a time.
    ///
    /// # Errors
    /// If the source does not exist.
    pub async fn resources(&self, source: &str, page: &Page) -> Result<List<view::Resource>, ServiceError> {
        let repository = self.sources.get(source).await?.repository;
        let rows = self.resources.resources(source, page).await?;
        let view = |row| view::Resource::new(row, repository.clone());
        Ok(List::of(rows, page, |it| it.id.clone(), view))
    }
}
