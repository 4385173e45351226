//! Accepted violations: what an author wrote beside one, and what it is worth.

use serde::Serialize;

/// What wrote an acceptance down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// A comment in the file.
    Comment,
    /// An annotation of the object itself.
    Annotation,
    /// Somebody who accepted the risk in the service; there is no file then.
    Service,
}

/// Whether an acceptance counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressionState {
    /// It counts.
    Accepted,
    /// The change under review adds it: it counts once the base has it.
    Pending,
    /// Its day is over: it counts for nothing.
    Expired,
}

/// How a violation was accepted. The fields stand in the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suppression {
    /// Where it is written.
    pub by: SuppressedBy,
    /// Whether it counts. The finding's status is `suppressed` where it does, `failed` where it does not.
    pub state: SuppressionState,
    /// The author's reason; empty where none was given.
    pub reason: String,
    /// The last day on which it counts, `YYYY-MM-DD`.
    pub expires: Option<String>,
    /// The file that it stands in.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}
