//! Accepted violations: suppressions and acceptances, and whether they apply.

use serde::Serialize;

/// Kinds of suppressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// A comment in the file.
    Comment,
    /// An annotation of the object itself.
    Annotation,
    /// An acceptance in the service; it has no file.
    Service,
}

/// Whether a suppression applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SuppressionState {
    /// It applies.
    Accepted,
    /// The change under review adds it: it applies once the base has it.
    Pending,
    /// It has expired and does not apply.
    Expired,
}

/// Suppression or acceptance of a violation. The fields are in the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suppression {
    /// Kind of the suppression.
    pub by: SuppressedBy,
    /// Whether it applies. The finding's status is `suppressed` if it applies, else `failed`.
    pub state: SuppressionState,
    /// Reason of the author; empty if none is given.
    pub reason: String,
    /// Last day on which it applies, `YYYY-MM-DD`.
    pub expires: Option<String>,
    /// File that contains it.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}
