//! Pages of a list: the rows after an id, up to a maximum.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::StoreError;

/// The maximum number of rows of a page.
const MOST: u64 = 1_000;

/// The requested part of a list; ids increase with time, so that a page is stable while rows are added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The last id of the previous page; `None` for the first page.
    pub after: Option<String>,
    /// The maximum number of rows, 1 to 1000; 0 means 100.
    pub limit: u64,
}

impl Page {
    /// Requests the first rows.
    pub fn first(limit: u64) -> Self {
        Self { after: None, limit }
    }

    /// Requests the rows after an id.
    pub fn after(id: impl Into<String>, limit: u64) -> Self {
        Self { after: Some(id.into()), limit }
    }

    /// Returns all rows of a list, which is requested page by page; `id` returns the id of a row.
    pub async fn every<T, F>(
        mut list: impl FnMut(Page) -> F,
        id: impl Fn(&T) -> &str,
    ) -> Result<Vec<T>, StoreError>
    where
        F: Future<Output = Result<Vec<T>, StoreError>>,
    {
        let (mut all, mut page) = (Vec::new(), Self::first(MOST));
        loop {
            let some = list(page).await?;
            let full = some.len() as u64 == MOST;
            all.extend(some);
            match all.last() {
                Some(last) if full => page = Self::after(id(last), MOST),
                _ => return Ok(all),
            }
        }
    }

    /// Restricts a query to the requested part.
    fn part<E: EntityTrait>(&self, query: Select<E>, id: E::Column) -> Select<E> {
        let query = match &self.after {
            Some(after) => query.filter(id.gt(after.as_str())),
            None => query,
        };
        let limit = if self.limit == 0 { 100 } else { self.limit.min(MOST) };
        query.order_by_asc(id).limit(limit)
    }

    pub(crate) async fn fetch<E: EntityTrait>(
        &self,
        connection: &impl ConnectionTrait,
        query: Select<E>,
        id: E::Column,
    ) -> Result<Vec<E::Model>, StoreError> {
        Ok(self.part(query, id).all(connection).await?)
    }

    /// Fetches only some columns of the rows: large values are not read.
    pub(crate) async fn fetch_some<E: EntityTrait, M: FromQueryResult>(
        &self,
        connection: &impl ConnectionTrait,
        query: Select<E>,
        id: E::Column,
    ) -> Result<Vec<M>, StoreError> {
        Ok(self.part(query, id).into_model::<M>().all(connection).await?)
    }
}
