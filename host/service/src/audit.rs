//! The audit log.

use palisade_store::repository as store;
use palisade_store::repository::audit::Act;
use palisade_store::{Page, StoreError};

use crate::error::ServiceError;
use crate::service::Service;
use crate::view::{self, List};

/// The audit log.
pub struct Audit<'a> {
    rows: store::audit::Audit<'a>,
}

impl Service {
    /// Returns the audit log.
    pub fn audit(&self) -> Audit<'_> {
        Audit { rows: self.0.store.audit() }
    }
}

impl Audit<'_> {
    /// Appends an entry.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn append(&self, act: Act) -> Result<(), ServiceError> {
        self.rows.append(act).await?;
        Ok(())
    }

    /// Lists the entries, newest first, one page at a time.
    ///
    /// # Errors
    /// If `after` of the page is not a valid id.
    pub async fn list(&self, page: &Page) -> Result<List<view::Link>, ServiceError> {
        let before = page.after.as_deref().map(str::parse::<i64>).transpose();
        let before =
            before.map_err(|_| ServiceError::invalid("after", "expected `next` of the previous page"))?;
        let rows = self.rows.list(before, page.limit).await?;
        Ok(List::of(rows, page, |it| it.id.to_string(), view::Link::from))
    }

    /// Verifies the whole log: whether an entry was changed, inserted or removed.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn verify(&self) -> Result<view::Verified, ServiceError> {
        match self.rows.verify().await {
            Ok(links) => Ok(view::Verified { holds: true, links: Some(links), problem: None }),
            Err(StoreError::Other(why) | StoreError::Corrupt(why)) => {
                Ok(view::Verified { holds: false, links: None, problem: Some(why) })
            }
            Err(error) => Err(error.into()),
        }
    }
}
