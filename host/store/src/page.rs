//! Pages of a list: everything after an id, at most so many.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::StoreError;

/// The most rows of one page.
const MOST: u64 = 1_000;

/// Which part of a list is asked for; ids grow with time, so that a page is stable while rows are added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The last id of the page before; none is the beginning.
    pub after: Option<String>,
    /// At most so many rows, 1 to 1000; 0 is 100.
    pub limit: u64,
}

impl Page {
    /// The first rows.
    pub fn first(limit: u64) -> Self {
        Self { after: None, limit }
    }

    /// The rows after an id.
    pub fn after(id: impl Into<String>, limit: u64) -> Self {
        Self { after: Some(id.into()), limit }
    }

    /// All rows of a list, which is asked for page by page; `id` gives the id of a row.
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

    /// The part of a query that is asked for.
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

    /// The same for rows of which only some columns are selected: what is large stays in the database.
    pub(crate) async fn fetch_some<E: EntityTrait, M: FromQueryResult>(
        &self,
        connection: &impl ConnectionTrait,
        query: Select<E>,
        id: E::Column,
    ) -> Result<Vec<M>, StoreError> {
        Ok(self.part(query, id).into_model::<M>().all(connection).await?)
    }
}
