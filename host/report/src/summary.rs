//! The last lines of text reports: coverage, counts and verdict.

use std::fmt::Write as _;

use palisade_domain::{Report, Severity, Verdict};

use crate::clean::clean;
use crate::style::Style;
use crate::words::{counted, decision, old_count, uncovered};

/// Number of violations that the base has too, if any, in words.
pub(crate) fn old(report: &Report) -> Option<String> {
    let old = old_count(report);
    (old > 0).then(|| format!("{} not listed: also in the base", counted(old, "violation")))
}

fn files(report: &Report) -> String {
    let files = &report.summary.files;
    let parts = [
        (files.scanned, "scanned"),
        (files.partial, "in part"),
        (files.unsupported, "unsupported"),
        (files.ignored, "ignored"),
        (files.failed, "failed"),
    ];
    let shown = parts.iter().filter(|(count, _)| *count > 0);
    let shown: Vec<String> = shown.map(|(count, name)| format!("{count} {name}")).collect();
    let seen = counted(files.seen, "file");
    if shown.is_empty() { seen } else { format!("{seen}: {}", shown.join(", ")) }
}

fn outcomes(report: &Report, style: Style) -> String {
    let outcomes = &report.summary.outcomes;
    let (resources, violations) =
        (counted(report.summary.resources, "resource"), counted(outcomes.failed, "violation"));
    let mut line = format!("{resources}: {violations}");
    let severities: Vec<String> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, report.summary.failed_by_severity.of(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| style.severity(severity, &format!("{count} {severity}")))
        .collect();
    // Writing to a string cannot fail.
    if !severities.is_empty() {
        let _ = write!(line, " ({})", severities.join(", "));
    }
    let _ = write!(line, ", {} passed, {} unknown", outcomes.passed, outcomes.unknown);
    if outcomes.suppressed > 0 {
        let _ = write!(line, ", {} suppressed", outcomes.suppressed);
    }
    line
}

/// The last lines of a report. The last one is the verdict.
pub(crate) fn summary(report: &Report, verdict: Verdict, style: Style) -> String {
    let end = match verdict {
        Verdict::Clean => style.good(decision(verdict)),
        Verdict::Violations | Verdict::Incomplete => style.bad(decision(verdict)),
    };
    let mut lines = vec![files(report), outcomes(report, style)];
    lines.extend(uncovered(report, |kind| clean(kind).into_owned()));
    lines.push(end);
    lines.join("\n") + "\n"
}
