//! A finished scan. The fields are in the order of the published JSON.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::{Coverage, Diagnostic, Finding, FindingStatus, Severity, Status};

/// The name of the report's form; a change of meaning needs a new one.
pub const SCHEMA: &str = "palisade/report/v1";

/// The tool that scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tool {
    /// `palisade`.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
}

/// The scanned tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Target {
    /// Relative to the tree's root; `.` for the whole tree.
    pub path: String,
    /// Id of the commit, if a commit was scanned.
    pub rev: Option<String>,
    /// Commit or report that it was compared with.
    pub base: Option<String>,
    /// Date at which expiries are decided.
    pub date: String,
}

/// Files by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileCounts {
    /// All.
    pub seen: u64,
    /// Read completely.
    pub scanned: u64,
    /// Read partially.
    pub partial: u64,
    /// Of a format that is not read yet.
    pub unsupported: u64,
    /// Ignored.
    pub ignored: u64,
    /// Could not be read.
    pub failed: u64,
}

/// Outcomes by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeCounts {
    /// Violations.
    pub failed: u64,
    /// Passed controls.
    pub passed: u64,
    /// Unknown outcomes.
    pub unknown: u64,
    /// Suppressed violations.
    pub suppressed: u64,
}

impl AddAssign for OutcomeCounts {
    fn add_assign(&mut self, other: OutcomeCounts) {
        self.failed += other.failed;
        self.passed += other.passed;
        self.unknown += other.unknown;
        self.suppressed += other.suppressed;
    }
}

/// Violations by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeverityCounts {
    /// Number of critical violations.
    pub critical: u64,
    /// Number of high violations.
    pub high: u64,
    /// Number of medium violations.
    pub medium: u64,
    /// Number of low violations.
    pub low: u64,
}

impl AddAssign for SeverityCounts {
    fn add_assign(&mut self, other: SeverityCounts) {
        self.critical += other.critical;
        self.high += other.high;
        self.medium += other.medium;
        self.low += other.low;
    }
}

impl SeverityCounts {
    /// Counts one more.
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::High => self.high += 1,
            Severity::Medium => self.medium += 1,
            Severity::Low => self.low += 1,
        }
    }

    /// Counts one less.
    pub fn take(&mut self, severity: Severity) {
        let count = match severity {
            Severity::Critical => &mut self.critical,
            Severity::High => &mut self.high,
            Severity::Medium => &mut self.medium,
            Severity::Low => &mut self.low,
        };
        *count = count.saturating_sub(1);
    }

    /// The count of one severity.
    pub fn of(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }
}

/// A kind of resources that no control judges.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UncoveredKind {
    /// Id of the format.
    pub format: String,
    /// Kind of the resources.
    pub kind: String,
    /// Number of resources.
    pub resources: u64,
}

/// Counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Files.
    pub files: FileCounts,
    /// Paths of files that are not judged, those because of the change first.
    pub not_judged: Vec<String>,
    /// Number of resources.
    pub resources: u64,
    /// Kinds of resources that no control judges and no shape covers.
    pub uncovered: Vec<UncoveredKind>,
    /// Outcomes.
    pub outcomes: OutcomeCounts,
    /// Violations.
    pub failed_by_severity: SeverityCounts,
    /// What a change leaves as it is: it is part of the counts, and its findings are not listed. None where all findings
    /// are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<Unchanged>,
}

/// Files whose units have the same inputs before and after a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unchanged {
    /// Files.
    pub files: u64,
    /// Resources.
    pub resources: u64,
    /// Outcomes.
    pub outcomes: OutcomeCounts,
    /// Violations.
    pub failed_by_severity: SeverityCounts,
}

impl AddAssign for Unchanged {
    fn add_assign(&mut self, other: Unchanged) {
        self.files += other.files;
        self.resources += other.resources;
        self.outcomes += other.outcomes;
        self.failed_by_severity += other.failed_by_severity;
    }
}

impl Summary {
    /// Adds what a change leaves as it is. Its files are counted already, since coverage lists every file.
    pub fn add_unchanged(&mut self, unchanged: Unchanged) {
        self.resources += unchanged.resources;
        self.outcomes += unchanged.outcomes;
        self.failed_by_severity += unchanged.failed_by_severity;
        self.unchanged = Some(unchanged);
    }

    /// Counts. Passes come as a number, since they are listed on request only.
    pub fn count(coverage: &[Coverage], resources: u64, findings: &[Finding], passed: u64) -> Summary {
        let mut files = FileCounts::default();
        for it in coverage {
            files.seen += 1;
            match it.status {
                Status::Scanned => files.scanned += 1,
                Status::Partial => files.partial += 1,
                Status::Unsupported => files.unsupported += 1,
                Status::Ignored => files.ignored += 1,
                Status::Failed => files.failed += 1,
            }
        }
        let (outcomes, severities) = count(findings, passed);
        let not_judged = not_judged(coverage);
        Summary {
            files,
            not_judged,
            resources,
            uncovered: Vec::new(),
            outcomes,
            failed_by_severity: severities,
            unchanged: None,
        }
    }
}

/// Findings by what they are, and violations by severity. Passes come as a number, since they are listed on request only.
pub fn count(findings: &[Finding], passed: u64) -> (OutcomeCounts, SeverityCounts) {
    let mut outcomes = OutcomeCounts { passed, ..OutcomeCounts::default() };
    let mut severities = SeverityCounts::default();
    for it in findings {
        match it.status {
            FindingStatus::Failed => {
                outcomes.failed += 1;
                severities.add(it.severity);
            }
            FindingStatus::Unknown => outcomes.unknown += 1,
            FindingStatus::Suppressed => outcomes.suppressed += 1,
            FindingStatus::Passed => {}
        }
    }
    (outcomes, severities)
}

/// Paths of what is not wholly judged: what the change is to blame for, then by path.
pub fn not_judged(coverage: &[Coverage]) -> Vec<String> {
    let mut rows: Vec<&Coverage> = coverage.iter().filter(|it| it.not_judged()).collect();
    rows.sort_by(|one, other| (other.new, &one.path).cmp(&(one.new, &other.path)));
    rows.into_iter().map(|it| it.path.clone()).collect()
}

/// A plugin that failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PluginError {
    /// Name.
    pub plugin: String,
    /// Unit that it was working on; empty for the whole tree.
    pub path: String,
    /// Description of the fault.
    pub reason: String,
}

/// A finished scan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Name of this schema.
    #[cfg_attr(feature = "schema", schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The tool that scanned.
    pub tool: Tool,
    /// The scanned tree.
    pub target: Target,
    /// Counts.
    pub summary: Summary,
    /// Whether every file that must be scanned was scanned.
    pub complete: bool,
    /// Violations, unknown outcomes, and passes on request.
    pub results: Vec<Finding>,
    /// Status of each file.
    pub coverage: Vec<Coverage>,
    /// Messages about inputs.
    pub diagnostics: Vec<Diagnostic>,
    /// Plugins that broke the contract or exceeded a limit while judging; their outcomes are missing.
    pub plugin_errors: Vec<PluginError>,
    /// SHA-256 over the report without `target`, so that a folder and a commit of one tree can be compared.
    pub digest: String,
}

#[cfg(test)]
mod tests {
    use super::{FileCounts, OutcomeCounts, SeverityCounts, Summary};
    use crate::sample::{coverage, finding};
    use crate::{FindingStatus, Severity, Status};

    #[test]
    fn everything_is_counted_once() {
        let files = [
            coverage("a.yaml", Status::Scanned),
            coverage("b.yaml", Status::Scanned),
            coverage("c.yaml", Status::Partial),
            coverage("d.tf", Status::Unsupported),
            coverage("e.md", Status::Ignored),
            coverage("f.yaml", Status::Failed),
        ];
        let mut suppressed = finding(FindingStatus::Passed, Severity::High);
        suppressed.new = false;
        let findings = [
            finding(FindingStatus::Failed, Severity::Critical),
            finding(FindingStatus::Failed, Severity::High),
            finding(FindingStatus::Failed, Severity::High),
            finding(FindingStatus::Failed, Severity::Medium),
            finding(FindingStatus::Failed, Severity::Low),
            // Unknown outcomes have no severity yet, and listed passes are already in the number.
            finding(FindingStatus::Unknown, Severity::Critical),
            finding(FindingStatus::Passed, Severity::Critical),
            suppressed,
        ];
        let summary = Summary::count(&files, 12, &findings, 40);
        let failed_by_severity = SeverityCounts { critical: 1, high: 2, medium: 1, low: 1 };
        let expected = Summary {
            files: FileCounts { seen: 6, scanned: 2, partial: 1, unsupported: 1, ignored: 1, failed: 1 },
            not_judged: ["c.yaml", "d.tf", "f.yaml"].map(str::to_owned).into(),
            resources: 12,
            uncovered: Vec::new(),
            outcomes: OutcomeCounts { failed: 5, passed: 40, unknown: 1, suppressed: 0 },
            failed_by_severity,
            unchanged: None,
        };
        assert_eq!(summary, expected);
        assert_eq!(Severity::ALL.map(|it| failed_by_severity.of(it)), [1, 2, 1, 1]);
        assert_eq!(Summary::count(&[], 0, &[], 0), Summary::default());
    }
}
