//! The report as GitHub workflow commands, which GitHub shows next to the lines of a change.
//!
//! Syntax and escapes of a command: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>
//! and `packages/core/src/command.ts` of <https://github.com/actions/toolkit>. GitHub shows the first ten of each level
//! in a step (<https://docs.github.com/rest/checks/runs>), so the worst come first.

use std::fmt::Write as _;

use palisade_domain::{Coverage, Finding, Report, Severity, Status};

use crate::clean::{clean, clean_lines, cut};
use crate::words::{acceptance, counted, environments, old_count, place, subject, unread, what, worst_first};

/// The most reasons that are listed for files that were not scanned; the others are counted.
const REASONS: usize = 20;
/// The longest message of one command. GitHub's limit is 64 KB for a whole annotation.
const MESSAGE: usize = 4_000;

/// Escapes the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(&clean(text)).replace(':', "%3A").replace(',', "%2C")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

fn command(level: &str, place: &str, title: &str, message: &str) -> String {
    let title = property(&cut(title, 200));
    format!("::{level} {place}title={title}::{}\n", data(&cut(&clean_lines(message), MESSAGE)))
}

fn finding(finding: &Finding) -> String {
    let mut at = String::new();
    if let Some(place) = place(finding) {
        let (start, end) = (place.start, place.end);
        // Writing to a string cannot fail.
        let _ = write!(at, "file={},line={}", property(&place.path), start.line.max(1));
        if end.line > start.line {
            let _ = write!(at, ",endLine={}", end.line);
        } else {
            // GitHub accepts columns only if the whole range is in one line.
            let _ = write!(at, ",col={}", start.column.max(1));
            if end.column > start.column {
                let _ = write!(at, ",endColumn={}", end.column);
            }
        }
        at.push(',');
    }
    let mut message = format!("{}\n{}", what(finding), subject(finding));
    if let Some(environments) = environments(finding) {
        let _ = write!(message, " {environments}");
    }
    if let Some(suppression) = &finding.suppression {
        let _ = write!(message, "\n{}", acceptance(suppression));
    }
    if !finding.remediation.is_empty() {
        let _ = write!(message, "\n\n{}", finding.remediation);
    }
    command(level(finding.severity), &at, &format!("{}: {}", finding.severity, finding.control), &message)
}

fn not_scanned(report: &Report) -> Vec<String> {
    let failed = |it: &&Coverage| it.status == Status::Failed;
    let files = unread(report).into_iter().filter(failed).map(|it| format!("{}: {}", it.path, it.reason));
    let plugins = report.plugin_errors.iter().map(|it| {
        let on = if it.path.is_empty() { String::new() } else { format!(" on {}", it.path) };
        format!("plugin {}{on}: {}", it.plugin, it.reason)
    });
    files.chain(plugins).collect()
}

/// A command for each new violation, after one for all files that were not scanned. Suppressed violations are left out,
/// and violations of the base are only counted.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    let missing = not_scanned(report);
    if !missing.is_empty() || !report.complete {
        let mut message = String::from("Some files or controls were not judged.");
        for reason in missing.iter().take(REASONS) {
            let _ = write!(message, "\n{}", cut(reason, 180));
        }
        if missing.len() > REASONS {
            let _ = write!(message, "\nand {} more", missing.len() - REASONS);
        }
        text.push_str(&command("error", "", "incomplete", &message));
    }
    let failed = worst_first(report);
    for it in failed.iter().filter(|it| it.new) {
        text.push_str(&finding(it));
    }
    let old = old_count(report);
    if old > 0 {
        let message = format!("{} that the base has too", counted(old, "violation"));
        text.push_str(&command("notice", "", "not new", &message));
    }
    text
}
