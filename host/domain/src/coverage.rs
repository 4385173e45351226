//! What became of each file: not scanned is never green.

use serde::Serialize;

use crate::Location;

/// How far a file was read. The order is from the best down to what a reader must see first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Not ours, or excluded by a named rule.
    Ignored,
    /// All of it.
    Scanned,
    /// A known format that is not read yet.
    Unsupported,
    /// A part is missing.
    Partial,
    /// It ought to have been read and could not be.
    Failed,
}

impl Status {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ignored => "ignored",
            Status::Scanned => "scanned",
            Status::Unsupported => "unsupported",
            Status::Partial => "partial",
            Status::Failed => "failed",
        }
    }
}

/// What became of one file, or of one folder that was not entered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Coverage {
    /// The file; a folder ends with `/`.
    pub path: String,
    /// How far it was read.
    pub status: Status,
    /// Who read it; empty where nobody did.
    pub plugin: String,
    /// Why not further; empty where all of it was.
    pub reason: String,
    /// The place that stopped it.
    pub location: Option<Location>,
}

impl Coverage {
    /// Of two parsers' words on one file the one that counts: what one has read is no less read because
    /// another says that it is not its own, and a failure is never hidden.
    #[must_use]
    pub fn merge(self, other: Coverage) -> Coverage {
        if other.status > self.status { other } else { self }
    }
}
