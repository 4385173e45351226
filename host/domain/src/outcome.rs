//! What judging gave: outcomes as packs return them, findings as readers see them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Fix, Level, Location, Position, Severity, Suppression};

/// What was found where a control did not simply pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Found {
    /// The control is violated.
    Failed,
    /// It depends on a value that cannot be known.
    Unknown,
}

/// An outcome in terms of the batch it was judged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Index of the control in its pack.
    pub control: u32,
    /// Row of the resource.
    pub resource: u32,
    /// The value that decides, or [`palisade_tape::NONE`].
    pub node: u32,
    /// Other places that take part.
    pub related_nodes: Vec<u32>,
    /// What was found.
    pub kind: Found,
    /// Tells several violations in one resource apart.
    pub instance: String,
    /// For a reader.
    pub message: String,
    /// What the text of the node, which is a scalar, would have to be.
    pub fix: Option<String>,
}

/// All that judging a batch gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What did not simply pass.
    pub outcomes: Vec<Outcome>,
    /// Passes of each enabled control.
    pub passed: Vec<u32>,
    /// Control and resource of each pass, on request.
    pub passes: Vec<(u32, u32)>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
}

/// Something worth telling about an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diagnostic {
    /// The file.
    pub path: String,
    /// Where in it.
    pub location: Option<Location>,
    /// How serious.
    pub level: Level,
    /// A stable name.
    pub code: String,
    /// For a reader.
    pub message: String,
}

/// How a control and a resource stand to each other in a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FindingStatus {
    /// Violated.
    Failed,
    /// Fulfilled; listed on request only.
    Passed,
    /// It cannot be said.
    Unknown,
    /// Violated, and accepted.
    Suppressed,
}

impl FindingStatus {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            FindingStatus::Failed => "failed",
            FindingStatus::Passed => "passed",
            FindingStatus::Unknown => "unknown",
            FindingStatus::Suppressed => "suppressed",
        }
    }
}

/// The resource a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceRef {
    /// Its address.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// Whose it is.
    pub provider: String,
    /// The format it was written in.
    pub format: String,
    /// Tells several violations in one resource apart.
    pub instance: String,
    /// Where a reader finds it.
    pub location: Option<Location>,
    /// Digest of what it says, whatever it is called, wherever it stands and in whatever order: 32 hexadecimal
    /// digits, by which a resource that was moved is recognised.
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
    /// What it contributed.
    pub note: String,
}

/// A control on a resource, for readers. The fields stand in the order of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The control.
    pub control: Arc<str>,
    /// The very same rule in other tools.
    pub aliases: Arc<[String]>,
    /// The control's title.
    pub title: Arc<str>,
    /// How much a violation matters.
    pub severity: Severity,
    /// How it stands.
    pub status: FindingStatus,
    /// Whether the base did not have it; true without one.
    pub new: bool,
    /// The resource.
    pub resource: ResourceRef,
    /// The value that decides, or the header where it is missing.
    pub location: Option<Location>,
    /// What led to the value, nearest first.
    pub cause: Vec<Cause>,
    /// The environments it holds in; empty for the default one alone.
    pub environments: Vec<String>,
    /// Identity over time.
    pub fingerprint: String,
    /// What is wrong here.
    pub message: String,
    /// How to mend it.
    pub remediation: Arc<str>,
    /// What may break when it is mended.
    pub change_impact: Arc<str>,
    /// What a program can change to fix it, if its control offers that.
    pub fix: Option<Fix>,
    /// Requirements that the control belongs to.
    pub policies: Arc<[String]>,
    /// How it was accepted, if it was.
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
