//! The report as SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html>.
//!
//! There are two versions. The archive contains everything in the report. The version for GitHub's code scanning
//! contains what GitHub accepts and uses:
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

mod fixes;
mod form;
mod notifications;

use std::borrow::Cow;
use std::collections::BTreeMap;

use palisade_domain::{Finding, FindingStatus, Position, Report, Severity, SuppressedBy, SuppressionState};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use self::fixes::fixes;
use self::form::{
    ArtifactLocation, CodeFlow, Configuration, Driver, Invocation, Location, Log, LogicalLocation, Message,
    Outcome, PhysicalLocation, Region, Rule, Run, Suppression, ThreadFlow, ThreadFlowLocation, Tool,
};
use self::notifications::notifications;
use crate::clean::{clean, clean_lines, cut};
use crate::json::to_text;
use crate::words::{compared, environments, place, subject, what, worst_first};

/// Reader of a SARIF file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SarifFor {
    /// Archives: violations, suppressed violations with their suppressions, unknown outcomes, and passes if the report
    /// lists them, in the order of the report.
    Archive,
    /// GitHub's code scanning: violations, the worst first. It would show a suppressed violation as an alert.
    CodeScanning,
}

/// The most results of a run. GitHub refuses a file with more, and shows the first 5,000.
const RESULTS: usize = 25_000;
/// The most tags of a rule. GitHub refuses a rule with more.
const TAGS: usize = 20;
/// The most steps of a code flow. GitHub refuses more than 10,000 in a result and shows 1,000.
const STEPS: usize = 1_000;
/// The longest message for code scanning, so that the file is below 10 MB when packed.
const MESSAGE: usize = 1_000;
/// The longest description of a rule that GitHub accepts.
const DESCRIPTION: usize = 1_024;

/// Characters that are not encoded in a path: RFC 3986, section 2.3. The colon is encoded, since it would make the
/// first segment a scheme.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The base of all paths: the root of the tree.
const ROOT: &str = "%SRCROOT%";

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// The number that GitHub maps back to the severity: from 9.0, 7.0, 4.0 and 0.1 on.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

/// A plain text in which untrusted text can form neither a link (section 3.11.6) nor a placeholder (section 3.11.5).
fn text(plain: &str) -> String {
    let mut safe = clean(plain).replace("](", "] (");
    let placeholder = |it: &str| it.split_once('}').is_some_and(|(inside, _)| inside.parse::<u32>().is_ok());
    if safe.split('{').skip(1).any(placeholder) {
        safe = safe.replace('{', "{{").replace('}', "}}");
    }
    safe
}

fn cleaned(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|it| clean(it)).collect()
}

fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(path, ENCODED).to_string();
    match encoded.strip_prefix('/') {
        // Two leading slashes would name another host, and one the root of this one.
        Some(rest) => format!("%2F{rest}"),
        None if encoded.is_empty() => ".".to_owned(),
        None => encoded,
    }
}

fn located(path: &str, region: Option<Region>) -> Location {
    let artifact_location = ArtifactLocation { uri: uri(path), uri_base_id: ROOT };
    let physical = PhysicalLocation { artifact_location, region };
    Location { physical, logical: Vec::new(), message: None }
}

fn region(start: Position, end: Position) -> Region {
    let first = (start.line.max(1), start.column.max(1));
    let last = (end.line.max(1), end.column.max(1)).max(first);
    let ((start_line, start_column), (end_line, end_column)) = (first, last);
    Region { start_line, start_column, end_line, end_column }
}

fn location(path: &str, start: Position, end: Position) -> Location {
    located(path, Some(region(start, end)))
}

fn whole_file(path: &str) -> Location {
    located(path, None)
}

/// The place of a finding. GitHub shows only results with a line, so a finding without a place is at the top of the
/// target.
fn primary(finding: &Finding, report: &Report) -> Location {
    let top = Position { line: 1, column: 1 };
    place(finding)
        .map_or_else(|| location(&report.target.path, top, top), |it| location(&it.path, it.start, it.end))
}

/// The path of the value, from its origin to the place where it decides.
fn code_flows(finding: &Finding, report: &Report) -> Vec<CodeFlow> {
    if finding.cause.is_empty() {
        return Vec::new();
    }
    let step = |mut location: Location, note: &str| {
        location.message = Some(text(note).into());
        ThreadFlowLocation { location }
    };
    let mut locations: Vec<ThreadFlowLocation> = finding
        .cause
        .iter()
        .take(STEPS - 1)
        .rev()
        .map(|it| {
            let note = if it.note.is_empty() { "from here" } else { &it.note };
            step(location(&it.path, it.start, it.end), note)
        })
        .collect();
    locations.push(step(primary(finding, report), what(finding)));
    vec![CodeFlow { thread_flows: [ThreadFlow { locations }] }]
}

fn suppressions(finding: &Finding) -> Vec<Suppression> {
    let of = |it: &palisade_domain::Suppression| {
        let status = match it.state {
            SuppressionState::Accepted => "accepted",
            SuppressionState::Pending => "underReview",
            SuppressionState::Expired => "rejected",
        };
        let start = Position { line: it.line, column: 1 };
        let justification = (!it.reason.is_empty()).then(|| clean(&it.reason).into_owned());
        let in_source = it.by != SuppressedBy::Service;
        let location = in_source.then(|| location(&it.path, start, start));
        let kind = if in_source { "inSource" } else { "external" };
        let properties = json!({ "by": it.by, "expires": it.expires.as_deref().map(clean) });
        Suppression { kind, status, justification, location, properties }
    };
    finding.suppression.iter().map(of).collect()
}

/// The input of a version.
#[derive(Clone, Copy)]
struct Made<'a> {
    report: &'a Report,
    reader: SarifFor,
    /// Whether the report has a base, computed once for all findings.
    compared: bool,
}

fn outcome<'a>(finding: &'a Finding, rule_index: usize, made: Made<'_>) -> Outcome<'a> {
    let Made { report, reader, compared } = made;
    let (kind, level) = match finding.status {
        FindingStatus::Failed | FindingStatus::Suppressed => ("fail", level(finding.severity)),
        FindingStatus::Unknown => ("open", "none"),
        FindingStatus::Passed => ("pass", "none"),
    };
    let about = environments(finding).map_or_else(String::new, |it| format!(", {it}"));
    let message = text(&format!("{} ({}{about})", what(finding), subject(finding)));
    let message = match reader {
        SarifFor::Archive => message,
        SarifFor::CodeScanning => cut(&message, MESSAGE).into_owned(),
    };
    let mut location = primary(finding, report);
    let fully_qualified_name = clean(&subject(finding)).into_owned();
    location.logical = vec![LogicalLocation { fully_qualified_name, kind: "resource" }];
    // The first is ours. The second is the only one that GitHub uses. GitHub does not interpret it, and ours identifies
    // a violation longer than a hash of the line does.
    let partial_fingerprints = BTreeMap::from(
        ["palisade/v1", "primaryLocationLineHash"].map(|name| (name, clean(&finding.fingerprint))),
    );
    let state = if finding.new { "new" } else { "unchanged" };
    Outcome {
        rule_id: clean(&finding.control),
        rule_index,
        kind,
        level,
        message: message.into(),
        locations: [location],
        partial_fingerprints,
        code_flows: code_flows(finding, report),
        baseline_state: compared.then_some(state),
        suppressions: (reader == SarifFor::Archive).then(|| suppressions(finding)),
        fixes: fixes(finding),
        properties: properties(finding),
    }
}

fn properties(finding: &Finding) -> Value {
    let resource = &finding.resource;
    let mut properties = json!({
        "severity": finding.severity,
        "kind": clean(&resource.kind),
        "provider": clean(&resource.provider),
        "format": clean(&resource.format),
    });
    if let (false, Some(map)) = (finding.environments.is_empty(), properties.as_object_mut()) {
        map.insert("environments".to_owned(), json!(cleaned(&finding.environments)));
    }
    properties
}

fn rule(finding: &Finding) -> Rule<'_> {
    let title = if finding.title.trim().is_empty() { &finding.control } else { &finding.title };
    let title = cut(&text(title), DESCRIPTION).into_owned();
    let impact = match &*finding.change_impact {
        "" => String::new(),
        impact => format!("\n\nWhat may break: {impact}"),
    };
    let remedy = if finding.remediation.is_empty() { title.as_str() } else { &*finding.remediation };
    let help = clean_lines(&format!("{remedy}{impact}")).into_owned();
    let mut policies = cleaned(&finding.policies);
    policies.sort_unstable();
    let mut tags = vec![Cow::Borrowed("security")];
    for policy in policies {
        if tags.len() < TAGS && !tags.contains(&policy) {
            tags.push(policy);
        }
    }
    Rule {
        id: clean(&finding.control),
        short_description: title.clone().into(),
        full_description: title.into(),
        help: Message { text: help.clone(), markdown: Some(help) },
        default_configuration: Configuration { level: level(finding.severity) },
        properties: json!({
            "security-severity": security_severity(finding.severity),
            "severity": finding.severity,
            "tags": tags,
            "aliases": cleaned(&finding.aliases),
        }),
    }
}

/// The report as SARIF 2.1.0. The rules are those of the results, sorted by id.
pub fn sarif(report: &Report, reader: SarifFor) -> String {
    let mut findings: Vec<&Finding> = match reader {
        SarifFor::Archive => report.results.iter().collect(),
        SarifFor::CodeScanning => worst_first(report),
    };
    let left_out = match reader {
        SarifFor::Archive => 0,
        SarifFor::CodeScanning => findings.len().saturating_sub(RESULTS),
    };
    findings.truncate(findings.len() - left_out);
    // A configuration may change the severity of a control in one place; the rule has the worst one.
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for it in &findings {
        let worst = rules.entry(&*it.control).or_insert(it);
        if it.severity > worst.severity {
            *worst = it;
        }
    }
    let indexes: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let made = Made { report, reader, compared: compared(report) };
    let results = findings
        .iter()
        .map(|it| outcome(it, indexes.get(&*it.control).copied().unwrap_or(0), made))
        .collect();
    let driver = Driver {
        name: "Palisade",
        semantic_version: report.tool.version,
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules.into_values().map(rule).collect(),
    };
    let invocation = Invocation {
        execution_successful: report.complete,
        tool_execution_notifications: notifications(report, reader, left_out),
    };
    let about = &report.target;
    let target = json!({
        "path": clean(&about.path),
        "rev": about.rev.as_deref().map(clean),
        "base": about.base.as_deref().map(clean),
        "date": about.date,
    });
    let run = Run {
        tool: Tool { driver },
        invocations: [invocation],
        original_uri_base_ids: json!({ ROOT: { "description": { "text": "The root of the scanned tree." } } }),
        column_kind: "unicodeCodePoints",
        results,
        properties: json!({ "digest": report.digest, "target": target }),
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    to_text(&Log { schema, version: "2.1.0", runs: [run] })
}
