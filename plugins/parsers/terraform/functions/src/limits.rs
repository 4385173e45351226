//! Limits on the size of results.

use crate::FunctionError;
use crate::arguments::Outcome;

/// The maximum number of items in a result.
pub(crate) const MAX_ITEMS: usize = 1_000_000;

/// The maximum length of a text, in bytes.
pub(crate) const MAX_TEXT: usize = 16 << 20;

/// Checks the number of items of a result.
pub(crate) fn items(count: Option<usize>) -> Outcome<usize> {
    let few = count.filter(|it| *it <= MAX_ITEMS);
    few.ok_or_else(|| FunctionError::limit(format!("the result would have more than {MAX_ITEMS} items")))
}

/// Checks the length of a text.
pub(crate) fn text(length: Option<usize>) -> Outcome<usize> {
    let short = length.filter(|it| *it <= MAX_TEXT);
    short.ok_or_else(|| FunctionError::limit(format!("the result would be longer than {MAX_TEXT} bytes")))
}
