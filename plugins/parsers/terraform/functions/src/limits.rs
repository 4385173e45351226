//! Bounds: a call must not become more than anything that is meant.

use crate::FunctionError;
use crate::arguments::Outcome;

/// How many items a result may have.
pub(crate) const MAX_ITEMS: usize = 1_000_000;

/// How long a text may become, in bytes.
pub(crate) const MAX_TEXT: usize = 16 << 20;

/// A number of items, unless there are too many.
pub(crate) fn items(count: Option<usize>) -> Outcome<usize> {
    let few = count.filter(|it| *it <= MAX_ITEMS);
    few.ok_or_else(|| FunctionError::limit(format!("the result would have more than {MAX_ITEMS} items")))
}

/// A length of a text, unless it is too long.
pub(crate) fn text(length: Option<usize>) -> Outcome<usize> {
    let short = length.filter(|it| *it <= MAX_TEXT);
    short.ok_or_else(|| FunctionError::limit(format!("the result would be longer than {MAX_TEXT} bytes")))
}
