//! The verdict of the gate.

use crate::{FindingStatus, Report, Severity};

/// Which of the things that could not be judged make a scan incomplete. Plugin errors always do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Files that failed.
    Failed,
    /// All files that are not judged, and unknown outcomes.
    All,
    /// Those that a change causes: files that the base judged, or did not judge for another reason, and unknown
    /// outcomes that the base does not have.
    New,
}

/// The conditions under which a scan does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Lowest severity of new violations that fail the gate; `None` if violations do not.
    pub fail_on: Option<Severity>,
    /// Which of the things that could not be judged make a scan incomplete.
    pub missing: Missing,
}

/// Result of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing at or above the threshold.
    Clean,
    /// Violations at or above the threshold.
    Violations,
    /// Something was not scanned that must be scanned.
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
    /// Whether every file that must be scanned was scanned.
    pub fn complete(&self, report: &Report) -> bool {
        report.plugin_errors.is_empty()
            && match self.missing {
                Missing::Failed => report.summary.files.failed == 0,
                Missing::All => report.summary.not_judged.is_empty(),
                Missing::New => !report.coverage.iter().any(|it| it.new),
            }
    }

    /// Returns the verdict. An incomplete scan is incomplete whatever it found.
    pub fn judge(&self, report: &Report) -> Verdict {
        if !self.complete(report) {
            return Verdict::Incomplete;
        }
        let over = |severity: Severity| self.fail_on.is_some_and(|threshold| severity >= threshold);
        let counts = |status| match status {
            FindingStatus::Failed => true,
            FindingStatus::Unknown => self.missing != Missing::Failed,
            FindingStatus::Passed | FindingStatus::Suppressed => false,
        };
        let violated = report.results.iter().any(|it| counts(it.status) && it.new && over(it.severity));
        if violated { Verdict::Violations } else { Verdict::Clean }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gate, Missing, Verdict};
    use crate::sample::{coverage, finding, report};
    use crate::{FindingStatus, PluginError, Severity, Status};

    fn judge(fail_on: Option<Severity>, status: FindingStatus, severity: Severity, new: bool) -> Verdict {
        let mut finding = finding(status, severity);
        finding.new = new;
        Gate { fail_on, missing: Missing::Failed }.judge(&report(Vec::new(), vec![finding]))
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
    fn what_cannot_be_known_counts_where_what_is_missing_does() {
        for (missing, new, expected) in [
            (Missing::Failed, true, Verdict::Clean),
            (Missing::All, true, Verdict::Violations),
            (Missing::New, true, Verdict::Violations),
            (Missing::New, false, Verdict::Clean),
        ] {
            for (severity, fails) in [(Severity::High, true), (Severity::Low, false)] {
                let mut unknown = finding(FindingStatus::Unknown, severity);
                unknown.new = new;
                let gate = Gate { fail_on: Some(Severity::High), missing };
                let expected = if fails { expected } else { Verdict::Clean };
                assert_eq!(
                    gate.judge(&report(Vec::new(), vec![unknown])),
                    expected,
                    "{missing:?} {severity}"
                );
            }
        }
    }

    #[test]
    fn a_change_answers_for_what_it_leaves_unjudged() {
        let gate = Gate { fail_on: None, missing: Missing::New };
        for status in [Status::Partial, Status::Unsupported, Status::Failed] {
            for (base, verdict) in [
                (None, Verdict::Incomplete),
                (Some((Status::Scanned, "")), Verdict::Incomplete),
                (Some((status, "another")), Verdict::Incomplete),
                (Some((status, "")), Verdict::Clean),
            ] {
                let mut row = coverage("a", status);
                row.compare(base);
                assert_eq!(gate.judge(&report(vec![row], Vec::new())), verdict, "{base:?} {status:?}");
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
                for (missing, complete) in [(Missing::Failed, lax), (Missing::All, strict)] {
                    let gate = Gate { fail_on: Some(Severity::Low), missing };
                    assert_eq!(gate.complete(&report), complete, "{status:?}, {missing:?}");
                    let verdict = if complete { ended } else { Verdict::Incomplete };
                    assert_eq!(gate.judge(&report), verdict, "{status:?}, {missing:?}");
                    let never = Gate { fail_on: None, missing };
                    let verdict = if complete { Verdict::Clean } else { Verdict::Incomplete };
                    assert_eq!(never.judge(&report), verdict, "{status:?}, {missing:?}");
                }
            }
        }
    }

    #[test]
    fn a_plugin_that_did_not_do_its_work_makes_a_scan_incomplete() {
        let mut report = report(vec![coverage("a", Status::Scanned)], Vec::new());
        let gate = Gate { fail_on: None, missing: Missing::Failed };
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
