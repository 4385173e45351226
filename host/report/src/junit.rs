//! The report as JUnit test results, which most build servers show.
//!
//! No specification exists. The elements and attributes are those that GitLab documents
//! (<https://docs.gitlab.com/ci/testing/unit_test_reports/>) and that the JUnit plugin of Jenkins reads. Characters
//! that XML 1.0 does not allow are escaped: <https://www.w3.org/TR/xml/#charsets>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use palisade_domain::{Finding, FindingStatus, Report, Status};

use crate::clean::{clean, clean_lines};
use crate::words::{acceptance, environments, is_old, place, subject, unread, unread_name, what};

/// Result of a test case.
enum End {
    Passed,
    Failed { kind: &'static str, message: String, body: String },
    Error { message: String },
    Skipped { message: String },
}

struct Case {
    class: String,
    name: String,
    file: String,
    end: End,
}

/// Escapes a text for XML. Control characters have been escaped before; the two code points that are not characters and
/// the characters with a meaning in XML remain.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' => escaped.push_str("\\u{fffe}"),
            '\u{ffff}' => escaped.push_str("\\u{ffff}"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn line(text: &str) -> String {
    escaped(&clean(text))
}

fn case(finding: &Finding) -> Case {
    let end = match finding.status {
        FindingStatus::Passed => End::Passed,
        FindingStatus::Unknown => End::Skipped { message: format!("unknown: {}", what(finding)) },
        FindingStatus::Suppressed => {
            let how = finding.suppression.as_ref().map_or_else(|| "accepted".to_owned(), acceptance);
            End::Skipped { message: format!("{}: {how}", what(finding)) }
        }
        // The gate ignores it, so it must not fail a build.
        FindingStatus::Failed if is_old(finding) => {
            End::Skipped { message: format!("the base has it too: {}", what(finding)) }
        }
        FindingStatus::Failed => End::Failed {
            kind: finding.severity.name(),
            message: what(finding).to_owned(),
            body: body(finding),
        },
    };
    let file = place(finding).map_or_else(String::new, |it| it.path.clone());
    Case { class: finding.control.to_string(), name: subject(finding).into_owned(), file, end }
}

fn body(finding: &Finding) -> String {
    let mut body = String::new();
    // Writing to a string cannot fail.
    if let Some(at) = place(finding) {
        let _ = writeln!(body, "{}:{}:{}", clean(&at.path), at.start.line, at.start.column);
    }
    for cause in &finding.cause {
        let _ = writeln!(body, "from {}:{}: {}", clean(&cause.path), cause.start.line, clean(&cause.note));
    }
    if let Some(environments) = environments(finding) {
        let _ = writeln!(body, "{}", clean(&environments));
    }
    if let Some(suppression) = &finding.suppression {
        let _ = writeln!(body, "{}", clean(&acceptance(suppression)));
    }
    for text in [&finding.remediation, &finding.change_impact].into_iter().filter(|it| !it.is_empty()) {
        let _ = writeln!(body, "{}", clean_lines(text));
    }
    body
}

fn coverage(report: &Report) -> Vec<Case> {
    let mut cases = Vec::new();
    for it in unread(report) {
        let message = format!("{}: {}", unread_name(it.status), it.reason);
        let end = if it.status == Status::Failed { End::Error { message } } else { End::Skipped { message } };
        cases.push(Case { class: "coverage".to_owned(), name: it.path.clone(), file: it.path.clone(), end });
    }
    for it in &report.plugin_errors {
        let name =
            if it.path.is_empty() { it.plugin.clone() } else { format!("{} on {}", it.plugin, it.path) };
        let end = End::Error { message: it.reason.clone() };
        cases.push(Case { class: "plugin".to_owned(), name, file: it.path.clone(), end });
    }
    cases
}

/// Cases, failures, errors and skipped cases.
#[derive(Clone, Copy, Default)]
struct Counts([u64; 4]);

impl Counts {
    fn of(cases: &[Case]) -> Counts {
        let count = |wanted: fn(&End) -> bool| cases.iter().filter(|it| wanted(&it.end)).count() as u64;
        Counts([
            cases.len() as u64,
            count(|it| matches!(it, End::Failed { .. })),
            count(|it| matches!(it, End::Error { .. })),
            count(|it| matches!(it, End::Skipped { .. })),
        ])
    }

    fn attributes(self) -> String {
        let Counts([tests, failures, errors, skipped]) = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\""
        )
    }
}

fn write(text: &mut String, case: &Case) {
    let (class, name) = (line(&case.class), line(&case.name));
    let file = if case.file.is_empty() { String::new() } else { format!(" file=\"{}\"", line(&case.file)) };
    let _ = write!(text, "    <testcase classname=\"{class}\" name=\"{name}\"{file} time=\"0\"");
    let inner = match &case.end {
        End::Passed => {
            text.push_str("/>\n");
            return;
        }
        End::Failed { kind, message, body } => {
            format!("<failure type=\"{kind}\" message=\"{}\">{}</failure>", line(message), escaped(body))
        }
        End::Error { message } => format!("<error type=\"not scanned\" message=\"{}\"/>", line(message)),
        End::Skipped { message } => format!("<skipped message=\"{}\"/>", line(message)),
    };
    let _ = write!(text, ">\n      {inner}\n    </testcase>\n");
}

/// A suite for each file, with a case for each control and resource, and a suite for files that were not scanned.
/// Violations of the base, suppressed violations, unknown outcomes and unsupported files are skipped cases.
pub fn junit(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for finding in &report.results {
        suites.entry(place(finding).map_or("", |it| it.path.as_str())).or_default().push(case(finding));
    }
    let mut suites: Vec<(&str, Vec<Case>)> = suites.into_iter().collect();
    let missing = coverage(report);
    if !missing.is_empty() {
        suites.push(("coverage", missing));
    }
    let mut all = Counts::default();
    for (_, cases) in &suites {
        all.0.iter_mut().zip(Counts::of(cases).0).for_each(|(sum, count)| *sum += count);
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"palisade\" {}>", all.attributes());
    for (name, cases) in &suites {
        let name = if name.is_empty() { "no file" } else { name };
        let _ = writeln!(text, "  <testsuite name=\"{}\" {}>", line(name), Counts::of(cases).attributes());
        for case in cases {
            write(&mut text, case);
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}
