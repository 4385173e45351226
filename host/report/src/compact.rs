//! The report with one line for each finding, for searches and editors.

use std::fmt::Write as _;

use palisade_domain::{Finding, Report, Verdict};

use crate::clean::clean;
use crate::style::Style;
use crate::summary::{old, summary};
use crate::words::{counted, environments, is_listed, not_judged, place, some_of, standing, subject, what};

fn line(finding: &Finding, style: Style) -> String {
    let place = match place(finding) {
        Some(at) => format!("{}:{}:{}", clean(&at.path), at.start.line, at.start.column),
        None => "-".to_owned(),
    };
    let mut line = format!(
        "{}: {} {} {} [{}]",
        style.strong(&place),
        style.finding(finding, standing(finding)),
        clean(&finding.control),
        clean(what(finding)),
        clean(&subject(finding))
    );
    if let Some(environments) = environments(finding) {
        // Writing to a string cannot fail.
        let _ = write!(line, " {}", clean(&environments));
    }
    line + "\n"
}

/// One line for each finding, `path:line:column: severity control message [address (instance)]`, in the order of
/// reports, and a summary of a few lines. Instead of the severity it has `unknown`, `passed` or `suppressed` if the
/// finding is not a violation; `-` instead of a missing place.
pub fn compact(report: &Report, verdict: Verdict, style: Style) -> String {
    let listed = report.results.iter().filter(|it| is_listed(it, style.suppressed));
    let mut text: String = listed.map(|it| line(it, style)).collect();
    let mut end = Vec::new();
    end.extend(old(report).map(|it| style.dim(&it)));
    end.extend(not_judged(report, |path| clean(path).into_owned()).map(|it| style.warn(&it)));
    if !report.plugin_errors.is_empty() {
        let plugins = report.plugin_errors.iter().map(|it| clean(&it.plugin).into_owned());
        let count = counted(report.plugin_errors.len() as u64, "plugin error");
        end.push(style.bad(&format!("{count}: {}", some_of(plugins))));
    }
    for it in end {
        let _ = writeln!(text, "{it}");
    }
    text + &summary(report, verdict, style)
}
