//! The result of a reader.

use crate::value::{Place, Value};

/// A file as read.
pub(crate) struct Read {
    pub(crate) root: Value,
    /// Places and texts of comments: those that suppress findings, and possibly others.
    pub(crate) comments: Vec<(Place, String)>,
}
