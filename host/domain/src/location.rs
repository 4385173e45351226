//! Places in files.

use serde::{Deserialize, Serialize};

/// Position of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// In code points, from 1.
    pub column: u32,
}

/// A range of a file, as guests return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First character.
    pub start: Position,
    /// The character past the last one.
    pub end: Position,
}

/// A range of a file of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Location {
    /// Relative to the tree's root, with `/`.
    pub path: String,
    /// First character.
    pub start: Position,
    /// The character past the last one.
    pub end: Position,
}

impl Location {
    /// A range of a file.
    pub fn new(path: &str, span: Span) -> Location {
        Location { path: path.to_owned(), start: span.start, end: span.end }
    }
}
