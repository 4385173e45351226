//! The whole way, from a tree to a report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt as _;
use palisade_catalog::{Catalog, Formats};
use palisade_domain::tape::{Batch, Builder};
use palisade_domain::{
    AcceptedRisk, Control, Coverage, Diagnostic, Finding, FindingStatus, Level, PluginError, Report, SCHEMA,
    Status, Summary, Tool, UncoveredKind, Work,
};
use palisade_source::WalkError;
use thiserror::Error;

use crate::cache::Session;
use crate::claim::{Claimed, Reading, claim};
use crate::config::ConfigError;
use crate::environment::EnvironmentError;
use crate::event::Event;
use crate::finding::tell_apart;
use crate::fix;
use crate::inventory::Inventory;
use crate::judge::{Judge, Judged, judge_tree, judges, of_documents};
use crate::known;
use crate::links;
use crate::merge::{merge, merge_plans, unite};
use crate::parameters::{ParameterError, Parameters};
use crate::process::{Judges, Kept, Then, UnitResult, add_counts, process, terms};
use crate::request::Request;
use crate::roots::Roots;
use crate::suppress::Notes;

/// Why there is no report at all.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// An environment is for nothing that is there.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The repository's configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A parameter of a control cannot be set.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A part of the scan itself stopped: a fault of ours.
    #[error("the scan stopped at `{0}`: this is a fault of palisade itself; please report it")]
    Internal(String),
}

/// A tree that was parsed and not judged.
#[derive(Debug, Default)]
pub struct ParsedTree {
    /// The environment, without a name for the default one, and what a unit holds in it, in a fixed order.
    pub batches: Vec<(String, Batch)>,
    /// What became of each file.
    pub coverage: Vec<Coverage>,
    /// Remarks.
    pub diagnostics: Vec<Diagnostic>,
    /// Plugins that did not do their work.
    pub errors: Vec<PluginError>,
}

/// All units of a tree, in a fixed order, and the coverage of what no unit took.
#[derive(Default)]
struct Walked {
    units: Vec<UnitResult>,
    coverage: Vec<Coverage>,
    errors: Vec<PluginError>,
    diagnostics: Vec<Diagnostic>,
    has_links: bool,
}

impl Walked {
    /// Adds another reading of the same tree. Of what both say of a file the worse word counts.
    fn add(&mut self, other: Walked) {
        self.units.extend(other.units);
        self.has_links |= other.has_links;
        self.errors.extend(other.errors);
        self.diagnostics.extend(other.diagnostics);
        self.coverage.extend(other.coverage);
        self.coverage = worst(std::mem::take(&mut self.coverage));
    }
}

/// Of several words on one file the one that counts, by path.
fn worst(mut said: Vec<Coverage>) -> Vec<Coverage> {
    said.sort_by(|one, other| one.path.cmp(&other.path));
    let mut merged: Vec<Coverage> = Vec::with_capacity(said.len());
    for it in said {
        let it = match merged.pop_if(|before| before.path == it.path) {
            Some(before) => before.merge(it),
            None => it,
        };
        merged.push(it);
    }
    merged
}

/// What is in the tree.
async fn inventory(request: &Request, formats: &Formats) -> Result<Inventory, ScanError> {
    let (snapshot, path, config) =
        (Arc::clone(&request.snapshot), request.path.clone(), request.config.clone());
    let skip = formats.skips().clone();
    let take = move || Inventory::take(snapshot.as_ref(), &path, &config, &skip);
    let inventory =
        tokio::task::spawn_blocking(take).await.map_err(|error| ScanError::Internal(error.to_string()))??;
    Ok(inventory)
}

/// The request, of the tree as its authors wrote it, where its settings fit the formats.
fn checked(request: &Request, formats: &Formats) -> Result<Request, ScanError> {
    request.config.check(formats)?;
    request.environments.check(formats)?;
    Ok(request.authored(formats))
}

async fn walk(
    catalog: &Catalog,
    (inventory, reading): (&Inventory, Reading),
    request: &Request,
    session: Option<&Session>,
    then: Then,
) -> Result<Walked, ScanError> {
    let mut claims = claim(catalog, reading, inventory, request, session).await;
    // A document is what its file says, in every environment.
    if reading == Reading::Resources {
        let works: Vec<&Work> = claims.units.iter().map(|it| &it.work).collect();
        let environments = request.environments.of_units(catalog.formats(), &works)?;
        for (unit, environments) in claims.units.iter_mut().zip(environments) {
            unit.environments = environments;
        }
    }
    (request.observer)(Event::Units(claims.units.len()));
    let mut units = process_all(std::mem::take(&mut claims.units), 0, request, session, &then).await?;
    let yielded = unwanted(std::mem::take(&mut claims.yielded), &units);
    units.extend(process_all(yielded, units.len(), request, session, &then).await?);

    let twice = read_twice(catalog, &units);
    let from_units = units.iter().flat_map(|unit| &unit.coverage).cloned();
    let of_faults = claims.faults.iter().flat_map(|(error, files)| {
        files.iter().map(|path| Coverage {
            plugin: error.plugin.clone(),
            ..Coverage::new(path, Status::Failed, format!("parser `{}` {}", error.plugin, error.reason))
        })
    });
    let of_the_tree = |it: &Coverage| inventory.files.binary_search(&it.path).is_ok();
    let mut coverage = worst(from_units.chain(of_faults).filter(of_the_tree).collect());
    let said = |path: &String| coverage.binary_search_by(|it| it.path.cmp(path)).is_ok();
    let unread: Vec<Coverage> = inventory
        .files
        .iter()
        .filter(|path| !said(path))
        .map(|path| Coverage::new(path, Status::Ignored, "no parser reads this kind of file"))
        .collect();
    coverage.extend(unread);
    for it in coverage.iter_mut().filter(|it| it.status == Status::Ignored) {
        if let Some(format) = known::format(&it.path) {
            (it.status, it.reason) = (Status::Unsupported, format!("{format}: no parser reads it"));
        }
    }
    coverage.extend(inventory.aside.iter().cloned());
    coverage.extend(inventory.dangling.iter().map(|path| {
        let status = if claims.dangling.contains(path) { Status::Unsupported } else { Status::Ignored };
        Coverage::new(path, status, "a link that leads to nothing")
    }));
    coverage.sort();
    // What is compared with a base later is new as a whole until then.
    for it in &mut coverage {
        it.compare(None);
    }
    let errors = claims.faults.into_iter().map(|(error, _)| error).collect();
    Ok(Walked { units, coverage, errors, diagnostics: twice, has_links: inventory.has_links })
}

/// What is left of units whose files their owner does not want: these go to those that claimed them, too.
fn unwanted(mut yielded: Vec<Claimed>, units: &[UnitResult]) -> Vec<Claimed> {
    if yielded.is_empty() {
        return yielded;
    }
    let all = units.iter().flat_map(|unit| &unit.coverage);
    let wanted: BTreeSet<&str> =
        all.filter(|it| it.status != Status::Ignored).map(|it| it.path.as_str()).collect();
    for unit in &mut yielded {
        unit.work.files.retain(|file| !wanted.contains(file.as_str()));
    }
    yielded.retain(|unit| !unit.work.files.is_empty());
    yielded
}

/// Parses and judges units, at most `jobs` at a time, and numbers them from `first`.
async fn process_all(
    units: Vec<Claimed>,
    first: usize,
    request: &Request,
    session: Option<&Session>,
    then: &Then,
) -> Result<Vec<UnitResult>, ScanError> {
    let tasks = units.into_iter().enumerate().map(|(number, claimed)| {
        let root = claimed.work.root.clone();
        let number = first + number;
        let task = tokio::spawn(process(claimed, number, request.clone(), session.cloned(), then.clone()));
        async move { task.await.map_err(|_| ScanError::Internal(root)) }
    });
    // Tasks are made as their turn comes, so that at most `jobs` units are in memory.
    let mut running = futures::stream::iter(tasks).buffer_unordered(request.jobs.max(1));
    let mut units = Vec::new();
    while let Some(unit) = running.next().await {
        units.push(unit?);
    }
    units.sort_by_key(|unit| unit.number);
    Ok(units)
}

/// Remarks on files that a plugin reads beside another parser.
fn read_twice(catalog: &Catalog, units: &[UnitResult]) -> Vec<Diagnostic> {
    let strangers = || catalog.plugins().iter().filter(|it| !it.built_in);
    if strangers().next().is_none() {
        return Vec::new();
    }
    let built_in = |name: &str| strangers().all(|it| it.manifest.name != name);
    let mut readers = BTreeMap::<&str, BTreeSet<&str>>::new();
    for it in units.iter().flat_map(|unit| &unit.coverage).filter(|it| it.status != Status::Ignored) {
        readers.entry(&it.path).or_default().insert(&it.plugin);
    }
    let several = readers.into_iter().filter(|(_, of)| of.len() > 1 && !of.iter().all(|it| built_in(it)));
    several
        .map(|(path, of)| Diagnostic {
            path: path.to_owned(),
            location: None,
            level: Level::Note,
            code: "file-read-twice".to_owned(),
            message: format!(
                "several parsers read this file: {}",
                of.into_iter().collect::<Vec<_>>().join(", ")
            ),
        })
        .collect()
}

/// Remarks on plugins that stand in for a built-in one.
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

/// Makes what this scan has found out known to the next ones.
async fn end(session: Option<Session>) {
    if let Some(session) = session {
        // A cache that fails is none.
        let _ = tokio::task::spawn_blocking(move || session.end()).await;
    }
}

/// Where the units of a tree are rooted: for the scan of what a change makes of it.
pub async fn roots(catalog: &Catalog, request: &Request) -> Result<Roots, ScanError> {
    let request = &checked(request, catalog.formats())?;
    let session = request.session();
    let inventory = inventory(request, catalog.formats()).await?;
    let claims = claim(catalog, Reading::Resources, &inventory, request, session.as_ref()).await;
    end(session).await;
    let mut roots = Roots::default();
    for it in claims.units.iter().filter(|it| !it.apart) {
        roots.add(&it.plugin.manifest.name, &it.work.root);
    }
    Ok(roots)
}

/// Parses a tree, and stops there.
pub async fn parse(catalog: &Catalog, request: &Request) -> Result<ParsedTree, ScanError> {
    let request = &checked(request, catalog.formats())?;
    let session = request.session();
    let walked = walk(
        catalog,
        (&inventory(request, catalog.formats()).await?, Reading::Resources),
        request,
        session.as_ref(),
        Then::Keep,
    )
    .await?;
    end(session).await;
    let Walked { units, coverage, errors, diagnostics, .. } = walked;
    let mut tree = ParsedTree { coverage, diagnostics, errors, ..ParsedTree::default() };
    for unit in units {
        for Kept { environment, readings } in unit.kept {
            let readings = readings.into_iter().filter(|it| !it.resources.is_empty());
            tree.batches.extend(readings.map(|batch| (environment.clone(), batch)));
        }
        tree.diagnostics.extend(unit.diagnostics);
        tree.errors.extend(unit.errors);
    }
    tree.diagnostics.sort();
    tree.errors.sort();
    Ok(tree)
}

/// Judges all that was kept for the controls that see the whole tree: once in each environment that some of it is
/// in, together with what has its defaults only, which is in all of them; and there in each way to read it.
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
            let mut terms = terms(request, name, notes, session);
            terms.list_passed |= readings > 1;
            of_readings.push(judge_tree(judges, &whole.finish(), terms).await);
        }
        judged.push((name.to_owned(), unite(of_readings)));
    }
    if several { merge(judged) } else { judged.pop().map(|(_, judged)| judged).unwrap_or_default() }
}

/// Reads and judges a tree: its resources, and the documents in it where controls want them. Where all controls do,
/// nobody has a use for its resources.
async fn read(
    catalog: &Catalog,
    judges: &Arc<[Judge]>,
    request: &Request,
    session: Option<&Session>,
) -> Result<Walked, ScanError> {
    let inventory = inventory(request, catalog.formats()).await?;
    let documents = of_documents(judges);
    let resources = documents.is_empty() || judges.iter().any(|it| it.asked().sees_resources());
    let judged_by = |packs| Then::Judge(Judges::new(packs, catalog.shapes()));
    let mut walked = Walked::default();
    if resources {
        let then = judged_by(Arc::clone(judges));
        walked = walk(catalog, (&inventory, Reading::Resources), request, session, then).await?;
    }
    if !documents.is_empty() {
        let then = judged_by(documents.into());
        let mut read = walk(catalog, (&inventory, Reading::Documents), request, session, then).await?;
        if resources {
            // They were counted as resources already.
            read.units.iter_mut().for_each(|unit| unit.resources = 0);
            read.units.iter_mut().for_each(|unit| unit.uncovered.clear());
        }
        walked.add(read);
    }
    Ok(walked)
}

/// The findings where their files are, and not at links to them.
async fn at_their_files(request: &Request, mut findings: Vec<Finding>) -> Result<Vec<Finding>, ScanError> {
    let tree = Arc::clone(&request.snapshot);
    let resolve = move || {
        links::resolve(tree.as_ref(), &mut findings);
        findings
    };
    tokio::task::spawn_blocking(resolve).await.map_err(|error| ScanError::Internal(error.to_string()))
}

/// The findings with their fixes, as far as these fit the files of the tree.
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

/// Scans a tree.
pub async fn scan(catalog: &Catalog, request: &Request) -> Result<Report, ScanError> {
    let request = &checked(request, catalog.formats())?;
    let in_repository = (request.config.path.as_str(), request.config.parameters.as_slice());
    let parameters = Parameters::resolve(catalog, &request.parameters, in_repository)?;
    let judges: Arc<[Judge]> = judges(catalog, &request.selection, &parameters).into();
    let session = request.session();
    let walked = read(catalog, &judges, request, session.as_ref()).await?;
    let mut judged = Judged::default();
    let mut diagnostics = walked.diagnostics;
    diagnostics.extend(replacements(catalog));
    diagnostics.extend(parameters.ignored);
    let mut errors = walked.errors;
    let mut resources = 0;
    let mut uncovered = BTreeMap::new();
    let mut kept = Vec::new();
    let mut notes = Notes::default();
    for unit in walked.units {
        resources += unit.resources;
        add_counts(&mut uncovered, unit.uncovered);
        diagnostics.extend(unit.diagnostics);
        errors.extend(unit.errors);
        judged.add(unit.judged);
        kept.extend(unit.kept);
        notes.merge(unit.notes);
    }
    judged.add(whole_tree(&judges, &kept, &notes, request, session.as_ref()).await);
    end(session).await;
    for judge in judges.iter().filter(|it| !it.is_built_in()) {
        for (plugin, control) in judge.idle(&judged) {
            (request.observer)(Event::NoSubject { plugin, control });
        }
    }
    if !request.list_passed {
        judged.findings.retain(|it| it.status != FindingStatus::Passed);
    }

    let mut results = judged.findings;
    if walked.has_links {
        results = at_their_files(request, results).await?;
    }
    results.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    let mut results = merge_plans(results);
    tell_apart(&mut results);
    let results = with_fixes(request, results).await?;
    diagnostics.extend(judged.diagnostics);
    let known: Vec<&Control> = judges.iter().flat_map(|it| it.asked().known()).collect();
    let taken: Vec<&Control> = judges.iter().flat_map(|it| it.asked().taken()).collect();
    diagnostics.extend(notes.tell(&known, &taken, &judged.used, request.today));
    diagnostics.sort();
    errors.extend(judged.errors);
    errors.sort();
    let mut summary = Summary::count(&walked.coverage, resources, &results, judged.passed);
    summary.outcomes.unknown += judged.unjudged;
    let kinds = uncovered.into_iter();
    summary.uncovered =
        kinds.map(|((format, kind), resources)| UncoveredKind { format, kind, resources }).collect();
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

/// Accepts risks: see [`palisade_domain::accept`].
pub fn accept(report: &mut Report, risks: &[AcceptedRisk]) {
    if !risks.is_empty() {
        palisade_domain::accept(report, risks);
        report.digest = palisade_report::digest(report);
    }
}
