//! Deliveries that were accepted, and what became of them.

use palisade_store::Page;
use palisade_store::repository as store;
use palisade_store::repository::deliveries::ListedDelivery;

use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// Deliveries.
pub struct Deliveries<'a> {
    rows: store::deliveries::Deliveries<'a>,
}

impl Service {
    /// Deliveries.
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries { rows: self.0.store.deliveries() }
    }
}

impl Deliveries<'_> {
    /// A page of them, the oldest first.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, page: &Page) -> Result<List<view::Delivery>, ServiceError> {
        let rows = self.rows.list(page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Delivery::from))
    }

    /// The one with that id, with what it carries.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::WholeDelivery, ServiceError> {
        Ok(self.rows.get(id).await?.into())
    }

    /// Handles a delivery again, whatever came of it before.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn redeliver(&self, id: &str) -> Result<view::Delivery, ServiceError> {
        self.rows.reopen(id).await?;
        Ok(ListedDelivery::from(self.rows.get(id).await?).into())
    }

    /// When the newest one was accepted, in Unix milliseconds.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn newest_at(&self) -> Result<Option<i64>, ServiceError> {
        Ok(self.rows.newest_at().await?)
    }
}
