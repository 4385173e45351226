//! What the gate decides.

use crate::{FindingStatus, Report, Severity};

/// When a scan does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// New violations of at least this severity; `None`: none of them.
    pub fail_on: Option<Severity>,
    /// Whether partial and unsupported files make a scan incomplete too.
    pub strict: bool,
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing at or above the threshold.
    Clean,
    /// Violations at or above the threshold.
    Violations,
    /// Something was not scanned that ought to have been.
    Incomplete,
}

impl Verdict {
    /// The exit status of the command line.
    pub fn exit_status(self) -> u8 {
        match self {
            Verdict::Clean => 0,
            Verdict::Violations => 1,
            Verdict::Incomplete => 3,
        }
    }
}

impl Gate {
    /// Whether everything that ought to be scanned was.
    pub fn complete(&self, report: &Report) -> bool {
        let files = &report.summary.files;
        let strict = if self.strict { files.partial + files.unsupported } else { 0 };
        files.failed + strict + report.plugin_errors.len() as u64 == 0
    }

    /// Decides. An incomplete scan stays incomplete whatever it found.
    pub fn judge(&self, report: &Report) -> Verdict {
        if !self.complete(report) {
            return Verdict::Incomplete;
        }
        let over = |severity: Severity| self.fail_on.is_some_and(|threshold| severity >= threshold);
        let violated =
            report.results.iter().any(|it| it.status == FindingStatus::Failed && it.new && over(it.severity));
        if violated { Verdict::Violations } else { Verdict::Clean }
    }
}
