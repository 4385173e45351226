//! Texts that several formats share.

use std::borrow::Cow;

use palisade_domain::{
    Cause, Coverage, Finding, FindingStatus, Location, Report, Severity, Status, Suppression,
    SuppressionState, Verdict,
};

/// The message of a finding, or its title or control if it has none.
pub(crate) fn what(finding: &Finding) -> &str {
    let known = [&*finding.message, &*finding.title].into_iter().find(|it| !it.trim().is_empty());
    known.unwrap_or(&finding.control)
}

/// The place of a finding: the value that decides, or else the resource.
pub(crate) fn place(finding: &Finding) -> Option<&Location> {
    let known = |it: &&Location| !it.path.is_empty();
    let own = finding.location.as_ref().filter(known);
    own.or(finding.resource.location.as_ref().filter(known))
}

/// The status of a finding in one word: for a violation, the severity.
pub(crate) fn standing(finding: &Finding) -> &'static str {
    match finding.status {
        FindingStatus::Failed => finding.severity.name(),
        other => other.name(),
    }
}

/// Whether reports for users list a finding: violations of the base are only counted, suppressed ones are listed on
/// request.
pub(crate) fn is_listed(finding: &Finding, suppressed: bool) -> bool {
    match finding.status {
        FindingStatus::Failed => !is_old(finding),
        FindingStatus::Suppressed => suppressed,
        FindingStatus::Passed | FindingStatus::Unknown => true,
    }
}

/// The note of a cause.
pub(crate) fn note(cause: &Cause) -> &str {
    if cause.note.is_empty() { "from here" } else { &cause.note }
}

/// The resource, and its instance if there is one.
pub(crate) fn subject(finding: &Finding) -> Cow<'_, str> {
    let resource = &finding.resource;
    if resource.instance.is_empty() {
        return Cow::Borrowed(&resource.address);
    }
    Cow::Owned(format!("{} ({})", resource.address, resource.instance))
}

/// The environments of a finding, except for the default one alone.
pub(crate) fn environments(finding: &Finding) -> Option<String> {
    (!finding.environments.is_empty()).then(|| format!("in {}", finding.environments.join(", ")))
}

/// Whether a suppression applies, with the author's reason.
pub(crate) fn acceptance(suppression: &Suppression) -> String {
    let until = suppression.expires.as_deref();
    let state = match (suppression.state, until) {
        (SuppressionState::Accepted, None) => "accepted".to_owned(),
        (SuppressionState::Accepted, Some(day)) => format!("accepted until {day}"),
        (SuppressionState::Pending, None) => "its acceptance counts once the base has it".to_owned(),
        (SuppressionState::Pending, Some(day)) => {
            format!("its acceptance, until {day}, counts once the base has it")
        }
        (SuppressionState::Expired, None) => "its acceptance has expired".to_owned(),
        (SuppressionState::Expired, Some(day)) => format!("its acceptance expired after {day}"),
    };
    if suppression.reason.is_empty() { state } else { format!("{state}: {}", suppression.reason) }
}

/// Whether the report has a base.
pub(crate) fn compared(report: &Report) -> bool {
    report.target.base.is_some() || report.results.iter().any(|it| !it.new)
}

/// Whether the base has the violation, so that the gate ignores it.
pub(crate) fn is_old(finding: &Finding) -> bool {
    finding.status == FindingStatus::Failed && !finding.new
}

/// The number of violations that the base has too, including those in unchanged files, which are not listed.
pub(crate) fn old_count(report: &Report) -> u64 {
    let listed = report.results.iter().filter(|it| is_old(it)).count() as u64;
    listed + report.summary.unchanged.map_or(0, |it| it.outcomes.failed)
}

pub(crate) fn of(report: &Report, status: FindingStatus) -> impl Iterator<Item = &Finding> {
    report.results.iter().filter(move |it| it.status == status)
}

/// The violations: new ones first, worst first, then in the order of reports.
pub(crate) fn worst_first(report: &Report) -> Vec<&Finding> {
    let mut failed: Vec<&Finding> = of(report, FindingStatus::Failed).collect();
    failed.sort_by(|a, b| {
        (b.new, b.severity).cmp(&(a.new, a.severity)).then_with(|| a.sort_key().cmp(&b.sort_key()))
    });
    failed
}

/// Files that are not judged: those that a change caused first, then the worst first.
pub(crate) fn unread(report: &Report) -> Vec<&Coverage> {
    let mut rows: Vec<&Coverage> = report.coverage.iter().filter(|it| it.not_judged()).collect();
    rows.sort_by(|a, b| (b.new, b.status).cmp(&(a.new, a.status)).then_with(|| a.cmp(b)));
    rows
}

/// The most files that one line names.
const NAMED: usize = 5;

/// Files that are not judged, in one line: `2 files not judged: a.tf (scanned in part), b.yaml (not scanned)`.
pub(crate) fn not_judged(report: &Report, name: impl Fn(&str) -> String) -> Option<String> {
    let rows = unread(report);
    if rows.is_empty() {
        return None;
    }
    let names = rows.iter().map(|it| format!("{} ({})", name(&it.path), unread_name(it.status)));
    Some(format!("{} not judged: {}", counted(rows.len() as u64, "file"), some_of(names)))
}

/// Resources that no control judges, in one line: `no control for 3 resources of 2 kinds: aws_vpc (2), aws_eip (1)`.
pub(crate) fn uncovered(report: &Report, name: impl Fn(&str) -> String) -> Option<String> {
    let kinds = &report.summary.uncovered;
    if kinds.is_empty() {
        return None;
    }
    let resources: u64 = kinds.iter().map(|it| it.resources).sum();
    let mut worst: Vec<_> = kinds.iter().collect();
    worst.sort_by(|one, other| (other.resources, one).cmp(&(one.resources, other)));
    let names = worst.into_iter().map(|it| format!("{} ({})", name(&it.kind), it.resources));
    Some(format!(
        "no control for {} of {}: {}",
        counted(resources, "resource"),
        counted(kinds.len() as u64, "kind"),
        some_of(names)
    ))
}

/// The first few names, and the number of others.
pub fn some_of(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.take(NAMED).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

/// The status of a file that was not read completely.
pub(crate) fn unread_name(status: Status) -> &'static str {
    match status {
        Status::Failed => "not scanned",
        Status::Partial => "scanned in part",
        Status::Unsupported => "not supported yet",
        Status::Ignored => "not scanned any more",
        Status::Scanned => status.name(),
    }
}

/// `2 violations (1 critical, 1 low)`.
pub(crate) fn violations(report: &Report) -> String {
    let count = report.summary.outcomes.failed;
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .map(|it| (it, report.summary.failed_by_severity.of(it)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let severities = if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
    format!("{}{severities}", counted(count, "violation"))
}

/// The verdict, in one line.
pub(crate) fn decision(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "passed",
        Verdict::Violations => "failed: violations at or above the threshold",
        Verdict::Incomplete => "incomplete: some files or controls were not judged",
    }
}

/// `1 file`, `2 files`.
pub fn counted(count: u64, name: &str) -> String {
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}
