//! The report as a GitLab Code Quality report.
//!
//! Format: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. GitLab compares the reports
//! of two branches itself, by fingerprint, so old violations are included as well as new ones.

use std::borrow::Cow;
use std::collections::HashMap;

use palisade_domain::{Report, Severity};
use serde::Serialize;

use crate::clean::{clean, cut};
use crate::json::to_text;
use crate::words::{environments, place, subject, what, worst_first};

/// The longest description in characters.
const DESCRIPTION: usize = 2_000;

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

#[derive(Serialize)]
struct Place<'a> {
    path: Cow<'a, str>,
    lines: Lines,
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: Cow<'a, str>,
    fingerprint: Cow<'a, str>,
    severity: &'static str,
    location: Place<'a>,
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
    }
}

/// The violations as a list, the worst first. Suppressed violations and unknown outcomes are left out.
pub fn gitlab(report: &Report) -> String {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let issues: Vec<Issue<'_>> = worst_first(report)
        .into_iter()
        .map(|it| {
            let about = environments(it).map_or_else(String::new, |it| format!(", {it}"));
            let description = format!("{} ({}{about})", what(it), subject(it));
            // GitLab shows one violation for each fingerprint.
            let times = seen.entry(it.fingerprint.as_str()).and_modify(|it| *it += 1).or_insert(1);
            let fingerprint = match *times {
                1 => clean(&it.fingerprint),
                times => Cow::Owned(format!("{}-{times}", clean(&it.fingerprint))),
            };
            let (path, begin, end) = place(it).map_or((report.target.path.as_str(), 1, 1), |it| {
                (it.path.as_str(), it.start.line, it.end.line)
            });
            let lines = Lines { begin: begin.max(1), end: end.max(begin).max(1) };
            let location = Place { path: clean(path), lines };
            let description = cut(&clean(&description), DESCRIPTION).into_owned();
            Issue {
                description,
                check_name: clean(&it.control),
                fingerprint,
                severity: severity(it.severity),
                location,
            }
        })
        .collect();
    to_text(&issues)
}
