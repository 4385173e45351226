//! Lists, in pages.

use axum::Json;
use palisade_store::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::error::ApiError;

/// The rows of a page where nothing is said.
const USUAL: u64 = 100;
/// The most rows of a page.
const MOST: u64 = 1_000;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// Items of this page.
    items: Vec<T>,
    /// Value of `after` for the next page; null on the last page.
    next: Option<String>,
}

/// Page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// `next` of the previous page.
    pub(crate) after: Option<String>,
    /// Page size, 1 to 1000; default 100.
    #[param(minimum = 1, maximum = 1000)]
    pub(crate) limit: Option<u64>,
}

/// The page that is asked for.
///
/// # Errors
/// 422 where it is too long or too short.
pub(crate) fn page(after: Option<String>, limit: Option<u64>) -> Result<Page, ApiError> {
    let limit = limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::invalid("limit", format!("expected 1 to {MOST}")));
    }
    Ok(Page { after, limit })
}

impl Paging {
    /// The same, for lists of which nothing else is asked.
    pub(crate) fn page(self) -> Result<Page, ApiError> {
        page(self.after, self.limit)
    }
}

/// A page of rows, by what comes next.
pub(crate) fn list<M, T: From<M>>(rows: Vec<M>, page: &Page, id: impl Fn(&M) -> String) -> Json<List<T>> {
    let full = rows.len() as u64 >= page.limit;
    let next = rows.last().filter(|_| full).map(id);
    Json(List { items: rows.into_iter().map(T::from).collect(), next })
}

/// A list that is never long.
pub(crate) fn whole<T>(items: Vec<T>) -> Json<List<T>> {
    Json(List { items, next: None })
}

/// A page as a provider gives it.
pub(crate) fn passed_on<M, T: From<M>>(page: palisade_domain::Page<M>) -> Json<List<T>> {
    Json(List { items: page.items.into_iter().map(T::from).collect(), next: page.next })
}

/// Page of a provider's list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Cursor {
    /// `next` of the previous page.
    pub(crate) cursor: Option<String>,
}
