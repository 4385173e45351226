//! Accepted deliveries, and their results.

use palisade_store::Page;
use palisade_store::repository as store;
use palisade_store::repository::deliveries::ListedDelivery;

use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// Accepted deliveries.
pub struct Deliveries<'a> {
    rows: store::deliveries::Deliveries<'a>,
}

impl Service {
    /// Returns the accepted deliveries.
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries { rows: self.0.store.deliveries() }
    }
}

impl Deliveries<'_> {
    /// Lists the deliveries, oldest first, one page at a time.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn list(&self, page: &Page) -> Result<List<view::Delivery>, ServiceError> {
        let rows = self.rows.list(page).await?;
        Ok(List::of(rows, page, |it| it.id.clone(), view::Delivery::from))
    }

    /// Returns the delivery with this id, with its headers and body.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn get(&self, id: &str) -> Result<view::WholeDelivery, ServiceError> {
        Ok(self.rows.get(id).await?.into())
    }

    /// Handles a delivery again, whatever its result was.
    ///
    /// # Errors
    /// If it does not exist.
    pub async fn redeliver(&self, id: &str) -> Result<view::Delivery, ServiceError> {
        self.rows.reopen(id).await?;
        Ok(ListedDelivery::from(self.rows.get(id).await?).into())
    }

    /// The time at which the newest delivery was accepted, in Unix milliseconds.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn newest_at(&self) -> Result<Option<i64>, ServiceError> {
        Ok(self.rows.newest_at().await?)
    }
}
