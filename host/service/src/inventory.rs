//! What was seen last: pull requests, and the resources of sources.

use palisade_store::Page;
use palisade_store::repository as store;

use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// What was seen last.
pub struct Inventory<'a> {
    pulls: store::pulls::Pulls<'a>,
    sources: store::sources::Sources<'a>,
    resources: store::inventory::Inventory<'a>,
}

impl Service {
    /// What was seen last.
    pub fn inventory(&self) -> Inventory<'_> {
        let store = &self.0.store;
        Inventory { pulls: store.pulls(), sources: store.sources(), resources: store.inventory() }
    }
}

impl Inventory<'_> {
    /// A page of the pull requests of an integration.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn pulls(&self, integration: &str, page: &Page) -> Result<List<view::Pull>, ServiceError> {
        let rows = self.pulls.list(integration, page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Pull::from))
    }

    /// A page of the resources of a source, as its newest full scan has found them.
    ///
    /// # Errors
    /// If there is no such source.
    pub async fn resources(&self, source: &str, page: &Page) -> Result<List<view::Resource>, ServiceError> {
        let repository = self.sources.get(source).await?.repository;
        let rows = self.resources.resources(source, page).await?;
        let view = |row| view::Resource::new(row, repository.clone());
        Ok(List::of(rows, page, |it| it.id.clone(), view))
    }
}
