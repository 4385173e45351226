//! A finding in the text report: header, place, code and details.

use std::fmt::Write as _;

use palisade_domain::{Finding, Fix, SuppressionState};

use crate::clean::clean;
use crate::code::Code;
use crate::diff::{diff_lines, summary};
use crate::excerpt::{Excerpt, Part, written};
use crate::secret::is_about_secrets;
use crate::style::Style;
use crate::words::{acceptance, environments, note, place, standing, subject, what};

/// The rows below the code, aligned with its gutter.
struct Rows {
    text: String,
    digits: usize,
    style: Style,
}

impl Rows {
    fn add(&mut self, name: &str, text: &str) {
        let gutter = self.style.gutter(&format!("{:width$} =", "", width = self.digits));
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{gutter} {}: {text}", self.style.strong(name));
    }

    fn code(&mut self, line: &str) {
        let gutter = self.style.gutter(&format!("{:width$} |", "", width = self.digits));
        let _ = writeln!(self.text, "{gutter}   {line}");
    }

    fn fix(&mut self, fix: &Fix, shows_lines: bool) {
        self.add("help", &clean(&summary(fix)));
        for line in diff_lines(fix).iter().filter(|_| shows_lines) {
            let (sign, rest) = line.split_at_checked(1).unwrap_or((line, ""));
            let line = format!("{:width$} {sign} {}", "", shown(rest), width = self.digits);
            let line = match sign {
                "-" => self.style.bad(&line),
                "+" => self.style.good(&line),
                _ => line,
            };
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }
}

/// A line of a file, with spaces for its tabs.
fn shown(line: &str) -> String {
    clean(&line.replace('\t', "    ")).into_owned()
}

/// Whether the lines before an edit are not in an excerpt, so that a diff adds information.
fn is_elsewhere(fix: &Fix, excerpt: Option<&Excerpt>) -> bool {
    let [edit] = fix.edits.as_slice() else { return true };
    let lines = edit.start.line..=edit.end.line;
    excerpt.is_none_or(|it| lines.clone().count() > 1 || !lines.clone().all(|line| it.has_line(line)))
}

/// A finding in the form of a compiler diagnostic.
pub(crate) fn finding(finding: &Finding, code: &Code<'_>, style: Style) -> String {
    let control = clean(&finding.control);
    let head = style.finding(finding, &format!("{}[{control}]", standing(finding)));
    let mut text = format!("{head}: {}\n", style.strong(&clean(what(finding))));
    let excerpt = code.of_finding(finding);
    let digits = excerpt.as_ref().map_or(1, Excerpt::digits);
    if let Some(at) = place(finding) {
        let arrow = style.gutter(&format!("{:digits$}-->", ""));
        let _ = writeln!(text, "{arrow} {}:{}:{}", clean(&at.path), at.start.line, at.start.column);
    }
    if let Some(excerpt) = &excerpt {
        text.push_str(&written(excerpt, digits, |part, text| match part {
            Part::Gutter => style.gutter(text),
            Part::Mark => style.finding(finding, text),
        }));
    }
    let mut rows = Rows { text, digits, style };
    for cause in &finding.cause {
        rows.add("note", &format!("{}:{}: {}", clean(&cause.path), cause.start.line, clean(note(cause))));
        if let Some(line) = code.of_cause(finding, cause) {
            rows.code(&line);
        }
    }
    let mut resource = clean(&subject(finding)).into_owned();
    if let Some(environments) = environments(finding) {
        let _ = write!(resource, " {}", clean(&environments));
    }
    rows.add("resource", &resource);
    if let Some(it) = &finding.suppression {
        let text = format!("{} ({}:{})", clean(&acceptance(it)), clean(&it.path), it.line);
        let text = match it.state {
            SuppressionState::Accepted => text,
            SuppressionState::Pending | SuppressionState::Expired => style.warn(&text),
        };
        rows.add("suppression", &text);
    }
    if let Some(fix) = finding.fix.as_ref().filter(|_| !is_about_secrets(finding)) {
        let shows_lines = code.may_show(finding, &fix.edits) && is_elsewhere(fix, excerpt.as_ref());
        rows.fix(fix, shows_lines);
    }
    rows.text
}
