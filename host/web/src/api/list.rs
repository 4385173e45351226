//! The requested page of a list.

use palisade_service::Page;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::error::ApiError;

/// The default page size.
const USUAL: u64 = 100;
/// The maximum page size.
const MOST: u64 = 1_000;

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

/// Returns the requested page.
///
/// # Errors
/// 422 if the page size is invalid.
pub(crate) fn page(after: Option<String>, limit: Option<u64>) -> Result<Page, ApiError> {
    let limit = limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::invalid("limit", format!("expected 1 to {MOST}")));
    }
    Ok(Page { after, limit })
}

impl Paging {
    /// Returns the requested page, for lists without other parameters.
    pub(crate) fn page(self) -> Result<Page, ApiError> {
        page(self.after, self.limit)
    }
}

/// Page of a provider's list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Cursor {
    /// `next` of the previous page.
    pub(crate) cursor: Option<String>,
}
