//! The whole way, from a tree to a report.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt as _;
use globset::{Glob, GlobSet, GlobSetBuilder};
use palisade_capabilities::{LogLine, Moment};
use palisade_catalog::Catalog;
use palisade_domain::tape::{Batch, Builder};
use palisade_domain::{
    Control, Coverage, Diagnostic, Gate, PluginError, Report, SCHEMA, Severity, Status, Summary, Target, Tool,
};
use palisade_sandbox::{Fault, Usage};
use palisade_source::{Snapshot, TreePath, WalkError};
use thiserror::Error;

use crate::claim::{Claimed, claim};
use crate::config::RepositoryConfig;
use crate::finding::tell_apart;
use crate::inventory::Inventory;
use crate::judge::{Judge, Judged, Terms, for_the_tree, judge, judge_tree, judges};
use crate::unit;

/// Why there is no report at all.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// A part of the scan itself stopped: a fault of ours.
    #[error("the scan stopped at `{0}`: this is a fault of palisade itself; please report it")]
    Internal(String),
}

/// What a scan lets its caller see while it runs. Never part of the report.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// So many units will be parsed.
    Units(usize),
    /// One of them is done.
    UnitDone,
    /// A plugin was called.
    Called {
        /// Who.
        plugin: &'a str,
        /// `claim`, `parse` or `judge`.
        call: &'static str,
        /// On which unit; empty for the tree.
        on: &'a str,
        /// What it took.
        usage: Usage,
        /// How it failed, if it did.
        fault: Option<&'a Fault>,
        /// What it wrote.
        log: &'a [LogLine],
    },
}

/// Takes events, from any thread.
pub type Observer = Arc<dyn Fn(Event<'_>) + Send + Sync>;

/// Which controls take part.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    only: Option<GlobSet>,
    skip: GlobSet,
    least: Option<Severity>,
}

impl Selection {
    /// Controls whose id or alias matches one of `only` (all, if there is none) and none of `skip`, of at
    /// least that severity.
    pub fn new(
        only: &[String],
        skip: &[String],
        least: Option<Severity>,
    ) -> Result<Selection, globset::Error> {
        let set = |patterns: &[String]| {
            let mut set = GlobSetBuilder::new();
            for pattern in patterns {
                set.add(Glob::new(pattern)?);
            }
            set.build()
        };
        let only = if only.is_empty() { None } else { Some(set(only)?) };
        Ok(Selection { only, skip: set(skip)?, least })
    }

    /// Whether a control takes part.
    pub fn takes(&self, control: &Control) -> bool {
        let named =
            |set: &GlobSet| set.is_match(&control.id) || control.aliases.iter().any(|it| set.is_match(it));
        self.only.as_ref().is_none_or(named)
            && !named(&self.skip)
            && self.least.is_none_or(|least| control.severity >= least)
    }
}

/// What to scan, and how.
#[derive(Clone)]
pub struct Request {
    /// The tree.
    pub snapshot: Arc<dyn Snapshot>,
    /// Where in it to look for units.
    pub path: TreePath,
    /// For the report.
    pub target: Target,
    /// The repository's own configuration.
    pub config: RepositoryConfig,
    /// Which controls.
    pub selection: Selection,
    /// When the scan does not pass.
    pub gate: Gate,
    /// Whether passes are listed.
    pub list_passed: bool,
    /// How many units at a time.
    pub jobs: usize,
    /// The moment of the scan.
    pub moment: Moment,
    /// Takes events.
    pub observer: Observer,
}

/// A tree that was parsed and not judged.
#[derive(Debug, Default)]
pub struct ParsedTree {
    /// What each unit holds, in a fixed order.
    pub batches: Vec<Batch>,
    /// What became of each file.
    pub coverage: Vec<Coverage>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// Plugins that did not do their work.
    pub errors: Vec<PluginError>,
}

/// What came of one unit.
struct UnitResult {
    number: usize,
    coverage: Vec<Coverage>,
    diagnostics: Vec<Diagnostic>,
    errors: Vec<PluginError>,
    resources: u64,
    judged: Judged,
    kept: Option<Batch>,
}

/// What to do with a unit once it is parsed.
#[derive(Clone)]
enum Then {
    Keep,
    Judge(Arc<[Judge]>),
}

async fn process(claimed: Claimed, number: usize, request: Request, then: Then) -> UnitResult {
    let (parsed, error) = unit::parse(&claimed, &request.snapshot, &request.observer).await;
    let resources = parsed.batch.resources.len() as u64;
    let (judged, kept) = match then {
        Then::Keep => (Judged::default(), Some(parsed.batch)),
        Then::Judge(judges) => {
            let terms = Terms {
                list_passed: request.list_passed,
                moment: request.moment,
                observer: &request.observer,
            };
            let judged = judge(&judges, &parsed.batch, &claimed.work.root, terms).await;
            (judged, for_the_tree(&judges, &parsed.batch))
        }
    };
    (request.observer)(Event::UnitDone);
    UnitResult {
        number,
        coverage: parsed.coverage,
        diagnostics: parsed.diagnostics,
        errors: error.into_iter().collect(),
        resources,
        judged,
        kept,
    }
}

/// All units of a tree, in a fixed order, and the coverage of what no unit took.
struct Walked {
    units: Vec<UnitResult>,
    coverage: Vec<Coverage>,
    errors: Vec<PluginError>,
}

async fn walk(catalog: &Catalog, request: &Request, then: Then) -> Result<Walked, ScanError> {
    let (snapshot, path, config) =
        (Arc::clone(&request.snapshot), request.path.clone(), request.config.clone());
    let inventory = tokio::task::spawn_blocking(move || Inventory::take(snapshot.as_ref(), &path, &config))
        .await
        .map_err(|error| ScanError::Internal(error.to_string()))??;
    let claims = claim(catalog, &request.snapshot, &inventory.files, &request.observer).await;
    (request.observer)(Event::Units(claims.units.len()));
    let tasks = claims.units.into_iter().enumerate().map(|(number, claimed)| {
        let root = claimed.work.root.clone();
        let task = tokio::spawn(process(claimed, number, request.clone(), then.clone()));
        async move { task.await.map_err(|_| ScanError::Internal(root)) }
    });
    // Tasks are made as their turn comes, so that at most `jobs` units are in memory.
    let mut running = futures::stream::iter(tasks).buffer_unordered(request.jobs.max(1));
    let mut units = Vec::new();
    while let Some(unit) = running.next().await {
        units.push(unit?);
    }
    units.sort_by_key(|unit| unit.number);

    let mut said: BTreeMap<&str, Coverage> = BTreeMap::new();
    let from_units = units.iter().flat_map(|unit| &unit.coverage).cloned();
    let of_faults = claims.faults.iter().flat_map(|(error, files)| {
        files.iter().map(|path| Coverage {
            path: path.clone(),
            status: Status::Failed,
            plugin: error.plugin.clone(),
            reason: format!("parser `{}` {}", error.plugin, error.reason),
            location: None,
        })
    });
    for it in from_units.chain(of_faults) {
        let Some(path) = inventory.files.binary_search(&it.path).ok().and_then(|at| inventory.files.get(at))
        else {
            continue;
        };
        let merged = match said.remove(path.as_str()) {
            Some(before) => before.merge(it),
            None => it,
        };
        said.insert(path, merged);
    }
    let mut coverage: Vec<Coverage> = said.values().cloned().collect();
    for path in inventory.files.iter().filter(|path| !said.contains_key(path.as_str())) {
        coverage.push(Coverage {
            path: path.clone(),
            status: Status::Ignored,
            plugin: String::new(),
            reason: "no parser reads this kind of file".to_owned(),
            location: None,
        });
    }
    coverage.extend(inventory.aside);
    coverage.sort();
    let errors = claims.faults.into_iter().map(|(error, _)| error).collect();
    Ok(Walked { units, coverage, errors })
}

/// Parses a tree, and stops there.
pub async fn parse(catalog: &Catalog, request: &Request) -> Result<ParsedTree, ScanError> {
    let walked = walk(catalog, request, Then::Keep).await?;
    let mut tree = ParsedTree { coverage: walked.coverage, errors: walked.errors, ..ParsedTree::default() };
    for unit in walked.units {
        tree.batches.extend(unit.kept.filter(|batch| !batch.resources.is_empty()));
        tree.diagnostics.extend(unit.diagnostics);
        tree.errors.extend(unit.errors);
    }
    tree.diagnostics.sort();
    tree.errors.sort();
    Ok(tree)
}

/// Scans a tree.
pub async fn scan(catalog: &Catalog, request: &Request) -> Result<Report, ScanError> {
    let judges: Arc<[Judge]> = judges(catalog, &request.selection).into();
    let walked = walk(catalog, request, Then::Judge(Arc::clone(&judges))).await?;
    let mut judged = Judged::default();
    let mut diagnostics = Vec::new();
    let mut errors = walked.errors;
    let mut resources = 0;
    let mut whole = Builder::new();
    for unit in walked.units {
        resources += unit.resources;
        diagnostics.extend(unit.diagnostics);
        errors.extend(unit.errors);
        judged.add(unit.judged);
        if let Some(batch) = unit.kept {
            whole.append(&batch, &(0u32..).zip(&batch.resources).map(|(row, _)| row).collect());
        }
    }
    let terms =
        Terms { list_passed: request.list_passed, moment: request.moment, observer: &request.observer };
    judged.add(judge_tree(&judges, &whole.finish(), terms).await);

    let mut results = judged.findings;
    results.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    tell_apart(&mut results);
    diagnostics.extend(judged.diagnostics);
    diagnostics.sort();
    errors.extend(judged.errors);
    errors.sort();
    let mut summary = Summary::count(&walked.coverage, resources, &results, judged.passed);
    summary.outcomes.unknown += judged.unjudged;
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
    report.digest = palisade_report::digest(&report);
    Ok(report)
}
