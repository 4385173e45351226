//! Converts places of a batch to locations of findings.

use palisade_domain::tape::{Batch, Origin};
use palisade_domain::{Location, Position};

/// The location of an origin.
pub(crate) fn location(batch: &Batch, origin: Origin) -> Location {
    Location {
        path: batch.path(origin.document).to_owned(),
        start: Position { line: origin.line, column: origin.column },
        end: Position { line: origin.end_line, column: origin.end_column },
    }
}
