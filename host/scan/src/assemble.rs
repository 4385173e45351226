//! The report of the units of a tree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::tape::Builder;
use palisade_domain::{
    AcceptedRisk, Control, Diagnostic, Finding, FindingStatus, Level, Report, SCHEMA, Summary, Tool,
    Unchanged, UncoveredKind,
};

use crate::cache::Session;
use crate::error::ScanError;
use crate::event::Event;
use crate::finding::{Numbered, Numbers, with_own_fingerprints};
use crate::fix;
use crate::judge::{Judge, Judged, judge_tree};
use crate::links;
use crate::merge::{merge, merge_plans, unite};
use crate::process::{Kept, add_counts, judge_options};
use crate::request::Request;
use crate::scan::Scan;
use crate::suppress::Notes;
use crate::walk::{Piece, Walked};

/// Remarks on plugins that replace a built-in one.
fn replacements(catalog: &Catalog) -> impl Iterator<Item = Diagnostic> {
    catalog.replacements().map(|it| {
        let palisade_catalog::Manifest { name, version, world, .. } = &it.manifest;
        Diagnostic {
            path: String::new(),
            location: None,
            level: Level::Warning,
            code: "plugin-replaced".to_owned(),
            message: format!(
                "plugin `{name}` {version} (sha256 {}) replaces the built-in {world} `{name}`",
                it.digest
            ),
        }
    })
}

/// Judges everything that was kept for controls of the whole tree: once in each environment, together with units that
/// have only defaults, which belong to every environment; and there in each reading.
async fn whole_tree(
    judges: &[Judge],
    kept: &[Kept],
    notes: &Notes,
    request: &Request,
    session: Option<&Session>,
) -> Judged {
    let names: BTreeSet<&str> =
        kept.iter().map(|it| it.environment.as_str()).filter(|name| !name.is_empty()).collect();
    let several = !names.is_empty();
    let names = if several {
        request.environments.names().filter(|it| names.contains(it)).collect()
    } else {
        vec![""]
    };
    let mut judged = Vec::new();
    for name in names {
        let here = || kept.iter().filter(|it| it.environment.is_empty() || it.environment == name);
        let readings = here().map(|it| it.readings.len()).max().unwrap_or(1);
        let mut of_readings = Vec::new();
        for number in 0..readings {
            let mut whole = Builder::new();
            for batch in here().filter_map(|it| it.reading(number)) {
                whole.append(batch, &(0u32..).zip(&batch.resources).map(|(row, _)| row).collect());
            }
            let options = judge_options(request, name, notes, session, readings);
            of_readings.push(judge_tree(judges, &whole.finish(), options).await);
        }
        judged.push((name.to_owned(), unite(of_readings)));
    }
    if several { merge(judged) } else { judged.pop().map(|(_, judged)| judged).unwrap_or_default() }
}

/// The findings at the files themselves, and not at links to them.
async fn at_their_files(request: &Request, mut findings: Vec<Numbered>) -> Result<Vec<Numbered>, ScanError> {
    let tree = Arc::clone(&request.snapshot);
    let resolve = move || {
        links::resolve(tree.as_ref(), findings.iter_mut().map(|it| &mut it.finding));
        findings
    };
    tokio::task::spawn_blocking(resolve).await.map_err(|error| ScanError::Internal(error.to_string()))
}

/// The findings with their fixes, if the fixes match the files of the tree.
async fn with_fixes(request: &Request, mut findings: Vec<Finding>) -> Result<Vec<Finding>, ScanError> {
    if findings.iter().all(|it| it.fix.is_none()) {
        return Ok(findings);
    }
    let tree = Arc::clone(&request.snapshot);
    let complete = move || {
        fix::complete(tree.as_ref(), &mut findings);
        findings
    };
    tokio::task::spawn_blocking(complete).await.map_err(|error| ScanError::Internal(error.to_string()))
}

/// The report of a tree. [`finish`] adds the digest, once the report is complete.
pub(crate) async fn assemble(scan: &Scan<'_>, walked: Walked) -> Result<Report, ScanError> {
    let Scan { catalog, request, session, judges, ignored, .. } = scan;
    let mut judged = Judged::default();
    let mut diagnostics = walked.diagnostics;
    diagnostics.extend(replacements(catalog));
    diagnostics.extend(ignored.iter().cloned());
    let mut errors = walked.errors;
    let mut resources = 0;
    let mut uncovered = BTreeMap::new();
    let mut kept = Vec::new();
    let mut notes = Notes::default();
    let mut unchanged: Option<Unchanged> = None;
    let mut numbers = Numbers::default();
    let mut results = Vec::new();
    let is_listed = |it: &Finding| request.list_passed || it.status != FindingStatus::Passed;
    let mut list = |findings: Vec<Finding>, numbers: &mut Numbers| {
        results.extend(findings.into_iter().filter(&is_listed).map(|finding| {
            let number = numbers.next(&finding);
            Numbered { finding, number }
        }));
    };
    for piece in walked.units {
        let mut unit = match piece {
            Piece::Processed(unit) => unit,
            Piece::Unchanged(_, tally) => {
                *unchanged.get_or_insert_default() += tally.counts;
                add_counts(&mut uncovered, tally.uncovered.iter().cloned());
                judged.used.extend(tally.used.iter().cloned());
                judged.applied.extend(tally.applied.iter().map(|it| Arc::from(it.as_str())));
                numbers.skip(&tally.findings);
                continue;
            }
        };
        resources += unit.resources;
        add_counts(&mut uncovered, unit.uncovered);
        diagnostics.extend(unit.diagnostics);
        errors.extend(unit.errors);
        list(std::mem::take(&mut unit.judged.findings), &mut numbers);
        judged.add(unit.judged);
        kept.extend(unit.kept);
        notes.merge(unit.notes);
    }
    let mut of_the_tree = whole_tree(judges, &kept, &notes, request, session.as_ref()).await;
    list(std::mem::take(&mut of_the_tree.findings), &mut numbers);
    judged.add(of_the_tree);
    for judge in judges.iter().filter(|it| !it.is_built_in()) {
        for (plugin, control) in judge.idle(&judged) {
            (request.observer)(Event::NoSubject { plugin, control });
        }
    }

    if walked.has_links {
        results = at_their_files(request, results).await?;
    }
    results.sort_by(|one, other| one.finding.sort_key().cmp(&other.finding.sort_key()));
    let results = with_own_fingerprints(merge_plans(results));
    let results = with_fixes(request, results).await?;
    diagnostics.extend(judged.diagnostics);
    let known: Vec<&Control> = judges.iter().flat_map(|it| it.asked().known()).collect();
    let taken: Vec<&Control> = judges.iter().flat_map(|it| it.asked().taken()).collect();
    diagnostics.extend(notes.report(&known, &taken, &judged.used, request.today));
    diagnostics.sort();
    errors.extend(judged.errors);
    errors.sort();
    let mut summary = Summary::count(&walked.coverage, resources, &results, judged.passed);
    summary.outcomes.unknown += judged.unjudged;
    let kinds = uncovered.into_iter();
    summary.uncovered =
        kinds.map(|((format, kind), resources)| UncoveredKind { format, kind, resources }).collect();
    if let Some(unchanged) = unchanged {
        summary.add_unchanged(unchanged);
    }
    let mut report = Report {
        schema: SCHEMA,
        tool: Tool { name: "palisade", version: env!("CARGO_PKG_VERSION") },
        target: request.target.clone(),
        summary,
        complete: true,
        results,
        coverage: walked.coverage,
        diagnostics,
        plugin_errors: errors,
        digest: String::new(),
    };
    report.complete = request.gate.complete(&report);
    Ok(report)
}

/// Suppresses violations whose risk is accepted: see [`palisade_domain::accept`].
pub fn accept(mut report: Report, risks: &[AcceptedRisk]) -> Report {
    if risks.is_empty() {
        return report;
    }
    palisade_domain::accept(&mut report, risks);
    finish(report)
}

/// Completes a report; it must not be changed afterwards.
pub(crate) fn finish(mut report: Report) -> Report {
    report.digest = palisade_report::digest(&report);
    report
}
