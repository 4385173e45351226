//! The text report: findings with code, then files that were not scanned, then the summary.

use palisade_domain::{Level, Location, Report, Status, Verdict};

use crate::clean::clean;
use crate::code::Code;
use crate::finding::finding;
use crate::sources::Sources;
use crate::style::Style;
use crate::summary::{old, summary};
use crate::words::{is_listed, not_judged};

struct Table {
    text: String,
    style: Style,
}

/// `:line:column`, if there is a place.
fn suffix(location: Option<&Location>) -> String {
    location.map_or_else(String::new, |at| format!(":{}:{}", at.start.line, at.start.column))
}

impl Table {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn findings(&mut self, report: &Report, code: &Code<'_>) {
        let style = self.style;
        for it in report.results.iter().filter(|it| is_listed(it, style.suppressed)) {
            let text = finding(it, code, style);
            self.line(&text);
        }
        if let Some(line) = old(report) {
            let line = self.style.dim(&line);
            self.line(&line);
            self.line("");
        }
    }

    fn coverage(&mut self, report: &Report) {
        for status in [Status::Failed, Status::Ignored, Status::Partial, Status::Unsupported] {
            let rows: Vec<_> =
                report.coverage.iter().filter(|it| it.status == status && it.not_judged()).collect();
            if rows.is_empty() {
                continue;
            }
            let head = match status {
                Status::Failed => self.style.bad("Not scanned"),
                Status::Ignored => self.style.bad("Not scanned any more"),
                Status::Partial => self.style.warn("Scanned in part"),
                _ => self.style.warn("Not supported yet"),
            };
            self.line(&head);
            for it in rows {
                let place = suffix(it.location.as_ref());
                self.line(&format!("  {}{place}: {}", clean(&it.path), clean(&it.reason)));
            }
            self.line("");
        }
    }

    fn plugin_errors(&mut self, report: &Report) {
        if report.plugin_errors.is_empty() {
            return;
        }
        let head = self.style.bad("Plugin errors");
        self.line(&head);
        for it in &report.plugin_errors {
            let on = if it.path.is_empty() { String::new() } else { format!(" on {}", clean(&it.path)) };
            self.line(&format!("  {}{on}: {}", clean(&it.plugin), clean(&it.reason)));
        }
        self.line("");
    }

    fn diagnostics(&mut self, report: &Report) {
        let rows: Vec<_> = report.diagnostics.iter().filter(|it| it.level != Level::Note).collect();
        if rows.is_empty() {
            return;
        }
        let head = self.style.warn("Diagnostics");
        self.line(&head);
        for it in rows {
            let level = if it.level == Level::Error { "error" } else { "warning" };
            let (path, code, message) = (clean(&it.path), clean(&it.code), clean(&it.message));
            let place = if path.is_empty() {
                String::new()
            } else {
                format!("{path}{}: ", suffix(it.location.as_ref()))
            };
            self.line(&format!("  {place}{level}[{code}]: {message}"));
        }
        self.line("");
    }
}

/// The text report. Findings are shown with the code that `sources` has.
pub fn table(report: &Report, verdict: Verdict, style: Style, sources: &dyn Sources) -> String {
    let mut table = Table { text: String::new(), style };
    if let Some(line) = not_judged(report, |path| clean(path).into_owned()) {
        let line = style.warn(&line);
        table.line(&line);
        table.line("");
    }
    table.findings(report, &Code::new(report, sources));
    table.coverage(report);
    table.plugin_errors(report);
    table.diagnostics(report);
    table.text.push_str(&summary(report, verdict, style));
    table.text
}
