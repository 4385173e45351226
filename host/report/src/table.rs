//! The report for a terminal: what is wrong, grouped by file, worst first; then what was not scanned; then the
//! sum.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};
use palisade_domain::{
    Finding, FindingStatus, Level, Location, Report, Severity, Status, SuppressionState, Verdict,
};

use crate::clean::clean;
use crate::diff::summary;
use crate::words::{acceptance, counted, environments, is_old, not_judged, uncovered, what};

/// How a table looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub colour: bool,
    /// Whether accepted violations are listed; they are counted all the same.
    pub suppressed: bool,
}

fn severity_style(severity: Severity) -> Ansi {
    match severity {
        Severity::Critical => AnsiColor::Magenta.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => AnsiColor::Cyan.on_default(),
    }
}

struct Table {
    text: String,
    style: Style,
}

impl Table {
    fn paint(&self, style: Ansi, text: &str) -> String {
        if self.style.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn finding(&mut self, finding: &Finding) {
        let place = finding
            .location
            .as_ref()
            .map_or_else(String::new, |at| format!("{}:{}", at.start.line, at.start.column));
        let mark = match finding.status {
            FindingStatus::Failed => {
                self.paint(severity_style(finding.severity), &format!("{:8}", finding.severity))
            }
            FindingStatus::Unknown => self.paint(AnsiColor::Blue.on_default(), "unknown "),
            FindingStatus::Suppressed => self.paint(Ansi::new().dimmed(), "accepted"),
            FindingStatus::Passed => self.paint(AnsiColor::Green.on_default(), "passed  "),
        };
        self.line(&format!("  {place:>8}  {mark}  {}", clean(what(finding))));
        let (address, control) = (clean(&finding.resource.address), clean(&finding.control));
        let mut about = format!("{:>20}{address}  {control}", "");
        if let Some(it) = environments(finding) {
            let _ = write!(about, "  {}", clean(&it));
        }
        let about = self.paint(Ansi::new().dimmed(), &about);
        self.line(&about);
        if let Some(it) = &finding.suppression {
            let style = match it.state {
                SuppressionState::Accepted => Ansi::new().dimmed(),
                SuppressionState::Pending | SuppressionState::Expired => AnsiColor::Yellow.on_default(),
            };
            let said = self.paint(style, &clean(&acceptance(it)));
            self.line(&format!("{:>20}{said}  {}:{}", "", clean(&it.path), it.line));
        }
        if let Some(fix) = &finding.fix {
            self.line(&format!("{:>20}fix: {}", "", clean(&summary(fix))));
        }
        for cause in &finding.cause {
            let note = if cause.note.is_empty() { "from here" } else { &cause.note };
            let path = clean(&cause.path);
            self.line(&format!("{:>20}↳ {path}:{}: {}", "", cause.start.line, clean(note)));
        }
    }

    fn findings(&mut self, report: &Report) {
        let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        let listed = |it: &&Finding| match it.status {
            FindingStatus::Failed => !is_old(it),
            FindingStatus::Suppressed => self.style.suppressed,
            FindingStatus::Passed | FindingStatus::Unknown => true,
        };
        for finding in report.results.iter().filter(listed) {
            let path = finding.location.as_ref().map_or("", |it: &Location| it.path.as_str());
            files.entry(path).or_default().push(finding);
        }
        for (path, findings) in files {
            let path = self.paint(Ansi::new().bold().underline(), &clean(path));
            self.line(&path);
            for finding in findings {
                self.finding(finding);
            }
            self.line("");
        }
        let old = report.results.iter().filter(|it| is_old(it)).count() as u64;
        if old > 0 {
            let line = format!("{} not listed: the base has them too", counted(old, "violation"));
            let line = self.paint(Ansi::new().dimmed(), &line);
            self.line(&line);
            self.line("");
        }
    }

    fn diagnostics(&mut self, report: &Report) {
        let rows: Vec<_> = report.diagnostics.iter().filter(|it| it.level != Level::Note).collect();
        if rows.is_empty() {
            return;
        }
        let head = self.paint(AnsiColor::Yellow.on_default().bold(), "Remarks");
        self.line(&head);
        for it in rows {
            let place = match &it.location {
                Some(at) => format!(":{}:{}", at.start.line, at.start.column),
                None => String::new(),
            };
            let level = if it.level == Level::Error { "error" } else { "warning" };
            let (path, code, message) = (clean(&it.path), clean(&it.code), clean(&it.message));
            let place = if path.is_empty() { String::new() } else { format!("{path}{place}: ") };
            self.line(&format!("  {place}{level}: {message}  {code}"));
        }
        self.line("");
    }

    fn coverage(&mut self, report: &Report) {
        for status in [Status::Failed, Status::Ignored, Status::Partial, Status::Unsupported] {
            let rows: Vec<_> =
                report.coverage.iter().filter(|it| it.status == status && it.not_judged()).collect();
            if rows.is_empty() {
                continue;
            }
            let head = match status {
                Status::Failed => self.paint(AnsiColor::Red.on_default().bold(), "Not scanned"),
                Status::Ignored => self.paint(AnsiColor::Red.on_default().bold(), "Not scanned any more"),
                Status::Partial => self.paint(AnsiColor::Yellow.on_default().bold(), "Scanned in part"),
                _ => self.paint(AnsiColor::Yellow.on_default().bold(), "Not supported yet"),
            };
            self.line(&head);
            for it in rows {
                let place = match &it.location {
                    Some(at) => format!(":{}:{}", at.start.line, at.start.column),
                    None => String::new(),
                };
                self.line(&format!("  {}{place}: {}", clean(&it.path), clean(&it.reason)));
            }
            self.line("");
        }
        if !report.plugin_errors.is_empty() {
            let head = self.paint(AnsiColor::Red.on_default().bold(), "Plugins that did not do their work");
            self.line(&head);
            for it in &report.plugin_errors {
                let on = if it.path.is_empty() { String::new() } else { format!(" on {}", clean(&it.path)) };
                self.line(&format!("  {}{on}: {}", clean(&it.plugin), clean(&it.reason)));
            }
            self.line("");
        }
    }

    fn summary(&mut self, report: &Report, verdict: Verdict) {
        let files = &report.summary.files;
        let parts = [
            (files.scanned, "scanned"),
            (files.partial, "in part"),
            (files.unsupported, "unsupported"),
            (files.ignored, "ignored"),
            (files.failed, "failed"),
        ];
        let mut line = format!("{} files: ", files.seen);
        let shown: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        line.push_str(&shown.join(", "));
        self.line(&line);
        let outcomes = &report.summary.outcomes;
        let mut line = format!("{} resources: {} violations", report.summary.resources, outcomes.failed);
        let severities: Vec<String> = Severity::ALL
            .into_iter()
            .map(|severity| (severity, report.summary.failed_by_severity.of(severity)))
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| self.paint(severity_style(severity), &format!("{count} {severity}")))
            .collect();
        if !severities.is_empty() {
            let _ = write!(line, " ({})", severities.join(", "));
        }
        let _ = write!(line, ", {} passed, {} unknown", outcomes.passed, outcomes.unknown);
        if outcomes.suppressed > 0 {
            let _ = write!(line, ", {} suppressed", outcomes.suppressed);
        }
        self.line(&line);
        if let Some(line) = uncovered(report, |kind| clean(kind).into_owned()) {
            self.line(&line);
        }
        let end = match verdict {
            Verdict::Clean => self.paint(AnsiColor::Green.on_default().bold(), "passed"),
            Verdict::Violations => {
                self.paint(AnsiColor::Red.on_default().bold(), "failed: violations at or above the threshold")
            }
            Verdict::Incomplete => self.paint(
                AnsiColor::Red.on_default().bold(),
                "incomplete: something was not scanned that ought to have been",
            ),
        };
        self.line(&end);
    }
}

/// A report for a terminal.
pub fn table(report: &Report, verdict: Verdict, style: Style) -> String {
    let mut table = Table { text: String::new(), style };
    if let Some(line) = not_judged(report, |path| clean(path).into_owned()) {
        let line = table.paint(AnsiColor::Yellow.on_default().bold(), &line);
        table.line(&line);
        table.line("");
    }
    table.findings(report);
    table.coverage(report);
    table.diagnostics(report);
    table.summary(report, verdict);
    table.text
}
