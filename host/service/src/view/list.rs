//! Lists, in pages.

use palisade_store::Page;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Items of this page.
    pub items: Vec<T>,
    /// Value of `after` for the next page; null on the last page.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// Creates a page from its rows. `next` is the id of the last row if the page is full.
    pub(crate) fn of<M>(
        rows: Vec<M>,
        page: &Page,
        id: impl Fn(&M) -> String,
        view: impl Fn(M) -> T,
    ) -> List<T> {
        let full = rows.len() as u64 >= page.limit;
        let next = rows.last().filter(|_| full).map(id);
        List { items: rows.into_iter().map(view).collect(), next }
    }

    /// Creates a list that is always short.
    pub fn whole(items: Vec<T>) -> List<T> {
        List { items, next: None }
    }

    /// Converts a page of a provider.
    pub(crate) fn of_provider<M>(page: palisade_domain::Page<M>) -> List<T>
    where
        T: From<M>,
    {
        List { items: page.items.into_iter().map(T::from).collect(), next: page.next }
    }
}
