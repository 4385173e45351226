//! Outcomes as packs return them, and findings as readers see them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Fix, Level, Location, Position, Severity, Suppression};

/// Result of a control that did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Found {
    /// The control is violated.
    Failed,
    /// The outcome depends on a value that is unknown.
    Unknown,
}

/// An outcome, with places as indices of the judged batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Index of the control in its pack.
    pub control: u32,
    /// Row of the resource.
    pub resource: u32,
    /// Node of the value that decides, or [`palisade_tape::NONE`].
    pub node: u32,
    /// Nodes of other values that the outcome depends on.
    pub related_nodes: Vec<u32>,
    /// The result.
    pub kind: Found,
    /// Distinguishes several violations in one resource.
    pub instance: String,
    /// Message.
    pub message: String,
    /// The text that the node, which is a scalar, must have instead.
    pub fix: Option<String>,
}

/// The result of judging a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Outcomes that are not passes.
    pub outcomes: Vec<Outcome>,
    /// Number of passes of each enabled control.
    pub passed: Vec<u32>,
    /// Control and resource of each pass; filled on request only.
    pub passes: Vec<(u32, u32)>,
    /// Diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

/// A message about an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// The file.
    pub path: String,
    /// Place in the file.
    pub location: Option<Location>,
    /// Level of the message.
    pub level: Level,
    /// Stable code.
    pub code: String,
    /// Message for readers.
    pub message: String,
}

/// Status of an outcome in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FindingStatus {
    /// Violation.
    Failed,
    /// Passed; listed on request only.
    Passed,
    /// The outcome is unknown.
    Unknown,
    /// Suppressed violation.
    Suppressed,
}

impl FindingStatus {
    /// Name.
    pub fn name(self) -> &'static str {
        match self {
            FindingStatus::Failed => "failed",
            FindingStatus::Passed => "passed",
            FindingStatus::Unknown => "unknown",
            FindingStatus::Suppressed => "suppressed",
        }
    }
}

/// The resource of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceRef {
    /// Address.
    pub address: String,
    /// Kind.
    pub kind: String,
    /// Provider.
    pub provider: String,
    /// Id of the format of its file.
    pub format: String,
    /// Distinguishes several violations in one resource.
    pub instance: String,
    /// Place in the file.
    pub location: Option<Location>,
    /// Digest of its content without names, places and order: 32 hexadecimal digits, by which a resource that was
    /// moved is recognised.
    pub content: String,
}

/// A place that led to another, and what it contributed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The file.
    pub path: String,
    /// First character.
    pub start: Position,
    /// The character past the last one.
    pub end: Position,
    /// What the place contributed.
    pub note: String,
}

/// Outcome of a control for a resource. The fields are in the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Id of the control.
    pub control: Arc<str>,
    /// Ids of the same rule in other tools.
    pub aliases: Arc<[String]>,
    /// Title of the control.
    pub title: Arc<str>,
    /// Severity of the control.
    pub severity: Severity,
    /// Status of the outcome.
    pub status: FindingStatus,
    /// Whether the base did not have it; true without one.
    pub new: bool,
    /// The resource.
    pub resource: ResourceRef,
    /// The value that decides, or the header where it is missing.
    pub location: Option<Location>,
    /// Places that the value comes from, nearest first.
    pub cause: Vec<Cause>,
    /// Environments that have it; empty for the default environment only.
    pub environments: Vec<String>,
    /// Identity of the finding between scans.
    pub fingerprint: String,
    /// Message about this place.
    pub message: String,
    /// Remediation.
    pub remediation: Arc<str>,
    /// What the remediation may break.
    pub change_impact: Arc<str>,
    /// Fix that a program can apply, if the control offers one.
    pub fix: Option<Fix>,
    /// Requirements that the control belongs to.
    pub policies: Arc<[String]>,
    /// Suppression or acceptance, if any.
    pub suppression: Option<Suppression>,
}

impl Finding {
    /// The order of reports: path, line, control, address, instance.
    pub fn sort_key(&self) -> impl Ord + '_ {
        let place = self.location.as_ref().or(self.resource.location.as_ref());
        let place = place.map(|it| (it.path.as_str(), it.start, it.end));
        let identity = (&*self.control, self.resource.address.as_str(), self.resource.instance.as_str());
        (place, identity, self.status, self.message.as_str(), self.fingerprint.as_str())
    }
}
