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

#[cfg(test)]
mod tests {
    use super::{Gate, Verdict};
    use crate::sample::{coverage, finding, report};
    use crate::{FindingStatus, PluginError, Severity, Status};

    fn judge(fail_on: Option<Severity>, status: FindingStatus, severity: Severity, new: bool) -> Verdict {
        let mut finding = finding(status, severity);
        finding.new = new;
        Gate { fail_on, strict: true }.judge(&report(Vec::new(), vec![finding]))
    }

    #[test]
    fn only_new_violations_at_or_above_the_threshold_count() {
        for threshold in Severity::ALL {
            for severity in Severity::ALL {
                let over = if severity >= threshold { Verdict::Violations } else { Verdict::Clean };
                assert_eq!(judge(Some(threshold), FindingStatus::Failed, severity, true), over);
                for (status, new) in [
                    (FindingStatus::Failed, false),
                    (FindingStatus::Unknown, true),
                    (FindingStatus::Passed, true),
                ] {
                    assert_eq!(judge(Some(threshold), status, severity, new), Verdict::Clean);
                }
                assert_eq!(judge(None, FindingStatus::Failed, severity, true), Verdict::Clean);
            }
        }
    }

    #[test]
    fn what_was_not_scanned_is_never_green() {
        for (status, lax, strict) in [
            (Status::Scanned, true, true),
            (Status::Ignored, true, true),
            (Status::Unsupported, true, false),
            (Status::Partial, true, false),
            (Status::Failed, false, false),
        ] {
            // Incomplete whatever was found, and whatever the threshold.
            for findings in [vec![], vec![finding(FindingStatus::Failed, Severity::Critical)]] {
                let ended = if findings.is_empty() { Verdict::Clean } else { Verdict::Violations };
                let report = report(vec![coverage("a", Status::Scanned), coverage("b", status)], findings);
                for (is_strict, complete) in [(false, lax), (true, strict)] {
                    let gate = Gate { fail_on: Some(Severity::Low), strict: is_strict };
                    assert_eq!(gate.complete(&report), complete, "{status:?}, strict: {is_strict}");
                    let verdict = if complete { ended } else { Verdict::Incomplete };
                    assert_eq!(gate.judge(&report), verdict, "{status:?}, strict: {is_strict}");
                    let never = Gate { fail_on: None, strict: is_strict };
                    let verdict = if complete { Verdict::Clean } else { Verdict::Incomplete };
                    assert_eq!(never.judge(&report), verdict, "{status:?}, strict: {is_strict}");
                }
            }
        }
    }

    #[test]
    fn a_plugin_that_did_not_do_its_work_makes_a_scan_incomplete() {
        let mut report = report(vec![coverage("a", Status::Scanned)], Vec::new());
        let gate = Gate { fail_on: None, strict: false };
        assert_eq!(gate.judge(&report), Verdict::Clean);
        report.plugin_errors.push(PluginError {
            plugin: "p".to_owned(),
            path: String::new(),
            reason: "trapped".to_owned(),
        });
        assert_eq!(gate.judge(&report), Verdict::Incomplete);
    }

    #[test]
    fn exit_statuses_are_those_of_the_manual() {
        let all = [Verdict::Clean, Verdict::Violations, Verdict::Incomplete];
        assert_eq!(all.map(Verdict::exit_status), [0, 1, 3]);
    }
}
