//! The report as Markdown, for a comment on a change or a job summary.

use std::fmt::Write as _;

use palisade_domain::{
    Diagnostic, Finding, FindingStatus, Level, PluginError, Report, SuppressionState, Verdict,
};

use crate::clean::cut;
use crate::code::Code;
use crate::diff::{diff, summary};
use crate::escape::{self, code, fenced_as, words};
use crate::excerpt::{Excerpt, written};
use crate::secret::is_about_secrets;
use crate::sources::Sources;
use crate::words::{
    acceptance, compared, counted, decision, environments, is_old, not_judged, note, of, old_count, place,
    subject, uncovered, unread, unread_name, violations, what, worst_first,
};

/// The longest message in a row, in characters.
const MESSAGE: usize = 500;
/// The longest name in a row, in characters.
const NAME: usize = 300;
/// The most findings with code; more never fit.
const EXCERPTS: usize = 500;
/// Longest length of the line that counts omitted rows.
const RESERVE: usize = 80;

/// A group of rows.
pub(crate) struct Section {
    /// Text before the rows.
    open: String,
    rows: Vec<String>,
    /// Text after the rows.
    close: &'static str,
    /// Whether rows that do not fit are counted; not if another section has the same findings.
    is_counted: bool,
}

pub(crate) fn folded(title: &str, rows: Vec<String>) -> Section {
    let open = format!("\n<details><summary>{title}</summary>\n\n");
    Section { open, rows, close: "\n</details>\n", is_counted: true }
}

pub(crate) fn at(path: &str, line: Option<u32>) -> String {
    let path = cut(path, NAME);
    line.map_or_else(|| code(&path), |line| code(&format!("{path}:{line}")))
}

fn where_is(finding: &Finding) -> String {
    place(finding).map_or_else(String::new, |it| at(&it.path, Some(it.start.line)))
}

pub(crate) fn name(text: &str) -> String {
    code(&cut(text, NAME))
}

pub(crate) fn prose(text: &str) -> String {
    words(&cut(text, MESSAGE))
}

/// The message of a finding, with environments and causes.
fn described(finding: &Finding) -> String {
    let mut text = prose(what(finding));
    if let Some(environments) = environments(finding) {
        let _ = write!(text, "<br>{}", prose(&environments));
    }
    for cause in &finding.cause {
        let place = at(&cause.path, Some(cause.start.line));
        let _ = write!(text, "<br>↳ {place} {}", prose(note(cause)));
    }
    if let Some(it) = finding.suppression.as_ref().filter(|it| it.state != SuppressionState::Accepted) {
        let _ = write!(text, "<br>{}", prose(&acceptance(it)));
    }
    text
}

fn row(finding: &Finding) -> String {
    let (place, resource, control) = (where_is(finding), name(&subject(finding)), name(&finding.control));
    let at = if place.is_empty() { resource } else { format!("{place}<br>{resource}") };
    let what = format!("{}<br>{control}", described(finding));
    escape::row([finding.severity.name(), &at, &what])
}

fn item(finding: &Finding) -> String {
    let how = match (&finding.suppression, finding.status) {
        (Some(it), FindingStatus::Suppressed) => format!("; {}", prose(&acceptance(it))),
        _ => String::new(),
    };
    let (place, resource, control) = (where_is(finding), name(&subject(finding)), name(&finding.control));
    format!("- {} {place} {resource} {control}: {}{how}\n", finding.severity, described(finding))
}

/// Adds a block to a list item, indented as the text of the item, so that it belongs to it.
fn block(row: &mut String, block: &str) {
    row.push('\n');
    for line in block.lines() {
        let _ = writeln!(row, "  {line}");
    }
}

/// The fix of a finding, as a diff.
fn fix(finding: &Finding, code: &Code<'_>) -> Option<String> {
    let fix = finding.fix.as_ref().filter(|_| !is_about_secrets(finding))?;
    let (place, resource, control) = (where_is(finding), name(&subject(finding)), name(&finding.control));
    let about: Vec<String> = [place, resource, control].into_iter().filter(|it| !it.is_empty()).collect();
    let mut row = format!("- {}: {}\n", about.join(" "), prose(&summary(fix)));
    if let Some(diff) = diff(fix).filter(|_| code.may_show(finding, &fix.edits)) {
        block(&mut row, &diff);
    }
    Some(row)
}

/// The code at a finding, with the place underlined.
fn excerpt(finding: &Finding, code: &Code<'_>) -> Option<String> {
    let excerpt = code.of_finding(finding)?;
    let text = written(&excerpt, Excerpt::digits(&excerpt), |_, text| text.to_owned());
    let mut row = format!("- {} {}: {}\n", where_is(finding), name(&finding.control), prose(what(finding)));
    block(&mut row, &fenced_as("text", &text));
    Some(row)
}

fn plugin_error(it: &PluginError) -> String {
    let on = if it.path.is_empty() { String::new() } else { format!(" on {}", at(&it.path, None)) };
    format!("- plugin {}{on}: {}\n", name(&it.plugin), prose(&it.reason))
}

fn diagnostic(it: &Diagnostic) -> String {
    let line = it.location.as_ref().map(|at| at.start.line);
    let place = if it.path.is_empty() { String::new() } else { format!("{} ", at(&it.path, line)) };
    format!("- {place}{}: {}\n", name(&it.code), prose(&it.message))
}

pub(crate) fn sections(report: &Report, code: &Code<'_>) -> Vec<Section> {
    let failed = worst_first(report);
    let mut sections = Vec::new();
    let new: Vec<String> = failed.iter().filter(|it| it.new).map(|it| row(it)).collect();
    if !new.is_empty() {
        let open = "\n| Severity | Where | What |\n| --- | --- | --- |\n".to_owned();
        sections.push(Section { open, rows: new, close: "", is_counted: true });
    }
    let mut earlier: Vec<(&str, Vec<String>)> = Vec::new();
    let mut missing: Vec<String> = report.plugin_errors.iter().map(plugin_error).collect();
    missing.extend(unread(report).into_iter().map(|it| {
        let line = it.location.as_ref().map(|at| at.start.line);
        format!("- {} {}: {}\n", unread_name(it.status), at(&it.path, line), prose(&it.reason))
    }));
    earlier.push(("Not scanned, or not all of it", missing));
    earlier.push(("Fixes", failed.iter().filter(|it| it.new).filter_map(|it| fix(it, code)).collect()));
    let mut old: Vec<String> = failed.iter().filter(|it| is_old(it)).map(|it| item(it)).collect();
    if let Some(unchanged) = report.summary.unchanged.filter(|it| it.outcomes.failed > 0) {
        let (violations, files) = (unchanged.outcomes.failed, unchanged.files);
        old.push(format!("- {} in {}\n", counted(violations, "violation"), counted(files, "unchanged file")));
    }
    let title = format!("Not new: the base has them too ({})", old_count(report));
    let old = (!old.is_empty()).then(|| folded(&title, old));
    let unknown = |new: bool| {
        let all = of(report, FindingStatus::Unknown).filter(move |it| it.new == new);
        all.map(item).collect()
    };
    let mut later: Vec<(&str, Vec<String>)> = Vec::new();
    if compared(report) {
        later.push(("Unknown, and not so in the base", unknown(true)));
        later.push(("Unknown, as in the base", unknown(false)));
    } else {
        later.push(("Unknown", of(report, FindingStatus::Unknown).map(item).collect()));
    }
    later.push(("Accepted", of(report, FindingStatus::Suppressed).map(item).collect()));
    let diagnostics =
        report.diagnostics.iter().filter(|it| it.level != Level::Note).map(diagnostic).collect();
    later.push(("Diagnostics", diagnostics));
    let folds = |all: Vec<(&str, Vec<String>)>| {
        let all = all.into_iter().filter(|(_, rows)| !rows.is_empty());
        all.map(|(title, rows)| folded(&format!("{title} ({})", rows.len()), rows)).collect::<Vec<_>>()
    };
    sections.extend(folds(earlier));
    sections.extend(old);
    sections.extend(folds(later));
    // Code comes last, since it is the first to be left out.
    let excerpts: Vec<String> =
        failed.iter().filter(|it| it.new).take(EXCERPTS).filter_map(|it| excerpt(it, code)).collect();
    if !excerpts.is_empty() {
        sections.push(Section { is_counted: false, ..folded("Code", excerpts) });
    }
    sections
}

pub(crate) fn head(report: &Report, verdict: Verdict) -> String {
    let (files, outcomes) = (&report.summary.files, &report.summary.outcomes);
    let mut counts = vec![violations(report), format!("{} passed", outcomes.passed)];
    counts.push(format!("{} unknown", outcomes.unknown));
    if outcomes.suppressed > 0 {
        counts.push(format!("{} suppressed", outcomes.suppressed));
    }
    let mut line = format!(
        "{} in {}",
        counted(report.summary.resources, "resource"),
        counted(files.scanned + files.partial, "scanned file")
    );
    for (count, name) in
        [(files.failed, "not scanned"), (files.partial, "in part"), (files.unsupported, "not supported yet")]
    {
        if count > 0 {
            let _ = write!(line, ", {count} {name}");
        }
    }
    let first = not_judged(report, |path| at(path, None)).map_or_else(String::new, |it| format!("{it}\n\n"));
    let last = uncovered(report, name).map_or_else(String::new, |it| format!("\n{it}\n"));
    format!("{first}### Palisade: {}\n\n{}\n\n{line}\n{last}", decision(verdict), counts.join(", "))
}

/// A summary of at most `limit` characters, the worst first, with the code that `sources` has. Rows that do not fit are
/// counted in the last line; the counts are cut only if they do not fit either. Code is left out first.
pub fn markdown(report: &Report, verdict: Verdict, limit: usize, sources: &dyn Sources) -> String {
    let head = head(report, verdict);
    let mut text = cut(&head, limit).into_owned();
    let Some(room) = limit.checked_sub(length(&head) + RESERVE) else { return text };
    let left_out = fill(&mut text, sections(report, &Code::new(report, sources)), room);
    if left_out > 0 {
        let _ = write!(text, "\n{left_out} more did not fit in here.\n");
    }
    text
}

pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// Adds sections up to `room` characters; returns the number of omitted rows.
pub(crate) fn fill(text: &mut String, sections: Vec<Section>, mut room: usize) -> usize {
    let mut left_out = 0;
    for section in sections {
        let around = length(&section.open) + length(section.close);
        let mut rows = section.rows.iter().peekable();
        if rows.peek().is_none_or(|first| around + length(first) > room) {
            left_out += if section.is_counted { section.rows.len() } else { 0 };
            continue;
        }
        room -= around;
        text.push_str(&section.open);
        while let Some(row) = rows.next_if(|row| length(row) <= room) {
            room -= length(row);
            text.push_str(row);
        }
        left_out += if section.is_counted { rows.count() } else { 0 };
        text.push_str(section.close);
    }
    left_out
}
