//! A check on a pull request: its body, and its annotations.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_domain::{Annotation, Finding, Report, Verdict};

use crate::clean::{clean, clean_lines, cut};
use crate::code::Code;
use crate::escape::{fenced, words};
use crate::markdown::{Section, at, fill, folded, head, length, name, prose, sections};
use crate::sources::Sources;
use crate::words::{acceptance, environments, note, place, subject, what, worst_first};

/// The longest message of an annotation in characters, if the provider allows more: nobody reads more beside a line.
const MESSAGE: usize = 4_000;
/// The most causes in an annotation.
const CAUSES: usize = 8;
/// Longest length of the line that counts omitted rows.
const RESERVE: usize = 80;

/// The result of a pull request for one Git source.
#[derive(Clone, Copy)]
pub struct CheckPart<'a> {
    /// Title: the source, and the folder if it has several.
    pub title: &'a str,
    /// The report, compared with the merge base.
    pub report: &'a Report,
    /// The verdict with the source's threshold.
    pub verdict: Verdict,
    /// The files of the change, for code excerpts.
    pub sources: &'a dyn Sources,
}

/// New violations, worst first.
fn new(report: &Report) -> impl Iterator<Item = &Finding> {
    worst_first(report).into_iter().filter(|it| it.new)
}

/// Violated controls of each resource, by file.
fn by_file(report: &Report) -> Section {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in new(report) {
        let path = place(finding).map_or("", |it| it.path.as_str());
        files.entry(path).or_default().push(finding);
    }
    let row = |(path, findings): (&str, Vec<&Finding>)| {
        let mut resources: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for finding in findings {
            resources.entry(subject(finding).into_owned()).or_default().push(&finding.control);
        }
        let mut row =
            if path.is_empty() { "- elsewhere\n".to_owned() } else { format!("- {}\n", at(path, None)) };
        for (resource, controls) in resources {
            let controls: Vec<String> = controls.into_iter().map(name).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(row, "  - {}: {}", name(&resource), controls.join(", "));
        }
        row
    };
    let rows: Vec<String> = files.into_iter().map(row).collect();
    folded(&format!("Failed resources by file ({})", rows.len()), rows)
}

/// For each newly violated control, its remediation and what that may break.
fn remediation(report: &Report) -> Section {
    let mut seen = Vec::new();
    let mut rows = Vec::new();
    for finding in new(report) {
        if seen.contains(&&*finding.control) || finding.remediation.is_empty() {
            continue;
        }
        seen.push(&*finding.control);
        // Items of a list are on one line.
        let flat = |text: &str| prose(&text.replace('\n', " "));
        let mut row =
            format!("- {} {}: {}", name(&finding.control), prose(&finding.title), flat(&finding.remediation));
        if !finding.change_impact.is_empty() {
            let _ = write!(row, " Change impact: {}", flat(&finding.change_impact));
        }
        row.push('\n');
        rows.push(row);
    }
    folded(&format!("Remediation ({})", rows.len()), rows)
}

/// The body of a check whose evaluation failed: the reason, which may be untrusted text, and a link to more.
pub fn check_failed(why: &str, more: &str) -> String {
    format!(
        "The evaluation did not come to its end, so this check has failed.\n\n{}\nMore: {more}\n",
        fenced(&cut(why, MESSAGE))
    )
}

/// The body of a check, of at most `limit` characters: a part for each source, new violations before old ones. `notes`
/// come first. Rows that do not fit are counted.
pub fn check_body(notes: &[String], parts: &[CheckPart<'_>], limit: usize) -> String {
    let mut text = String::new();
    for note in notes {
        let _ = writeln!(text, "{}\n", words(note));
    }
    for (row, part) in parts.iter().enumerate() {
        // Each part may use an equal share of the remaining room.
        let share = limit.saturating_sub(length(&text)) / (parts.len() - row);
        let mut of_part = format!("## {}\n\n{}", words(part.title), head(part.report, part.verdict));
        let Some(room) = share.checked_sub(length(&of_part) + RESERVE) else { continue };
        let mut all = sections(part.report, &Code::new(part.report, part.sources));
        // After the table of new violations, before the folded sections.
        let behind = usize::from(new(part.report).next().is_some());
        if behind > 0 {
            all.splice(behind..behind, [by_file(part.report), remediation(part.report)]);
        }
        let left_out = fill(&mut of_part, all, room);
        if left_out > 0 {
            let _ = write!(of_part, "\n{left_out} more did not fit in here.\n");
        }
        of_part.push('\n');
        text.push_str(&of_part);
    }
    cut(&text, limit).into_owned()
}

/// The annotations for new violations, worst first: at most `most`, with messages of at most `longest` characters. Also
/// returns how many there are without the limit.
pub fn check_annotations(reports: &[&Report], most: usize, longest: usize) -> (Vec<Annotation>, usize) {
    let mut all: Vec<&Finding> =
        reports.iter().flat_map(|it| new(it)).filter(|it| place(it).is_some()).collect();
    all.sort_by(|one, other| {
        other.severity.cmp(&one.severity).then_with(|| one.sort_key().cmp(&other.sort_key()))
    });
    // Two sources may contain the same folder.
    all.dedup_by(|one, other| one.fingerprint == other.fingerprint && one.control == other.control);
    let count = all.len();
    let annotation = |finding: &Finding| {
        let place = place(finding)?;
        let mut message = format!("{}\n{}", what(finding), subject(finding));
        if let Some(environments) = environments(finding) {
            let _ = write!(message, " {environments}");
        }
        if let Some(suppression) = &finding.suppression {
            let _ = write!(message, "\n{}", acceptance(suppression));
        }
        for cause in finding.cause.iter().take(CAUSES) {
            let _ = write!(message, "\n↳ {}:{}: {}", cause.path, cause.start.line, note(cause));
        }
        if !finding.remediation.is_empty() {
            let _ = write!(message, "\n\n{}", finding.remediation);
        }
        Some(Annotation {
            key: finding.fingerprint.clone(),
            path: place.path.clone(),
            line: place.start.line.max(1),
            end_line: place.end.line.max(place.start.line).max(1),
            severity: finding.severity,
            title: clean(&format!("{}: {}", finding.severity, finding.control)).into_owned(),
            message: cut(&clean_lines(&message), MESSAGE.min(longest)).into_owned(),
        })
    };
    (all.into_iter().take(most).filter_map(annotation).collect(), count)
}
