//! The whole way, from a tree to a report.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt as _;
use palisade_catalog::Catalog;
use palisade_domain::tape::{Batch, Builder};
use palisade_domain::{
    AcceptedRisk, Baseline, Control, Coverage, Diagnostic, Environment, FindingStatus, PluginError, Report,
    SCHEMA, Status, Summary, Tool, Work,
};
use palisade_source::WalkError;
use thiserror::Error;

use crate::cache::Session;
use crate::claim::{Claimed, Reading, claim};
use crate::environment::EnvironmentError;
use crate::event::Event;
use crate::finding::tell_apart;
use crate::inventory::Inventory;
use crate::judge::{
    Judge, Judged, Terms, for_the_tree, judge, judge_apart, judge_tree, judges, of_documents,
};
use crate::merge::merge;
use crate::request::Request;
use crate::suppress::Notes;
use crate::unit;

/// Why there is no report at all.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
    /// An environment is for nothing that is there.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
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

/// How to judge in an environment. Where there are several, what passes in all of them can only be told from lists.
fn terms<'a>(
    request: &'a Request,
    environment: &'a str,
    notes: &'a Notes,
    session: Option<&'a Session>,
) -> Terms<'a> {
    Terms {
        list_passed: request.list_passed || !environment.is_empty(),
        moment: request.moment(),
        today: request.today,
        notes,
        environment,
        observer: &request.observer,
        session,
    }
}

/// What came of one unit.
#[derive(Default)]
struct UnitResult {
    number: usize,
    coverage: Vec<Coverage>,
    diagnostics: Vec<Diagnostic>,
    errors: Vec<PluginError>,
    /// Counted once, in however many environments they are.
    resources: u64,
    judged: Judged,
    /// By environment, the default one without a name.
    kept: Vec<(String, Batch)>,
    /// What the authors accept.
    notes: Notes,
}

/// What to do with a unit once it is parsed.
#[derive(Clone)]
enum Then {
    Keep,
    Judge(Arc<[Judge]>),
}

impl UnitResult {
    fn add(&mut self, other: UnitResult) {
        self.coverage.extend(other.coverage);
        self.diagnostics.extend(other.diagnostics);
        self.errors.extend(other.errors);
        self.resources += other.resources;
        self.judged.add(other.judged);
        self.kept.extend(other.kept);
        self.notes.merge(other.notes);
    }
}

/// Parses and judges a unit. Where something of what was gathered makes a plugin fail, it fails alone.
async fn process(
    claimed: Claimed,
    number: usize,
    request: Request,
    session: Option<Session>,
    then: Then,
) -> UnitResult {
    let mut result = in_environments(&claimed, &request, session.as_ref(), &then).await;
    if !(result.errors.is_empty() && result.judged.errors.is_empty()) {
        let mut parts = claimed.parts().peekable();
        if parts.peek().is_some() {
            result = UnitResult::default();
        }
        for part in parts {
            result.add(in_environments(&part, &request, session.as_ref(), &then).await);
        }
    }
    result.number = number;
    // What is in order unit by unit is nearly so in the whole, and this is done on many threads.
    result.judged.findings.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    (request.observer)(Event::UnitDone);
    result
}

/// Parses and judges a unit in each of its environments.
async fn in_environments(
    claimed: &Claimed,
    request: &Request,
    session: Option<&Session>,
    then: &Then,
) -> UnitResult {
    let mut result = UnitResult::default();
    let several = !claimed.environments.is_empty();
    let default = [Environment::default()];
    let environments = if several { &claimed.environments[..] } else { &default };
    let mut addresses = BTreeSet::new();
    let mut judged = Vec::new();
    for environment in environments {
        let unit::Outcome { parsed, digest, error } =
            unit::parse(claimed, environment, request, session).await;
        let batch = parsed.batch;
        result.coverage.extend(parsed.coverage);
        result.diagnostics.extend(parsed.diagnostics);
        result.errors.extend(error);
        if several {
            addresses.extend(batch.resources.iter().map(|it| batch.text(it.address).to_owned()));
        } else {
            result.resources = batch.resources.len() as u64;
        }
        match then {
            Then::Keep => result.kept.push((environment.name.clone(), batch)),
            Then::Judge(judges) => {
                let notes = Notes::of(&batch);
                let terms = terms(request, &environment.name, &notes, session);
                let name = claimed.name();
                let of_unit = if claimed.apart {
                    judge_apart(judges, &batch, digest, &name, terms).await
                } else {
                    judge(judges, &batch, digest, &name, terms).await
                };
                judged.push((environment.name.clone(), of_unit));
                result.notes.merge(notes);
                let kept = for_the_tree(judges, &batch);
                result.kept.extend(kept.map(|batch| (environment.name.clone(), batch)));
            }
        }
    }
    if several {
        result.resources = addresses.len() as u64;
        result.judged = merge(judged);
        result.diagnostics.sort();
        result.diagnostics.dedup();
        result.errors.sort();
        result.errors.dedup();
    } else {
        for (_, judged) in judged {
            result.judged.add(judged);
        }
    }
    result
}

/// All units of a tree, in a fixed order, and the coverage of what no unit took.
#[derive(Default)]
struct Walked {
    units: Vec<UnitResult>,
    coverage: Vec<Coverage>,
    errors: Vec<PluginError>,
}

impl Walked {
    /// Adds another reading of the same tree. Of what both say of a file the worse word counts.
    fn add(&mut self, other: Walked) {
        self.units.extend(other.units);
        self.errors.extend(other.errors);
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
async fn inventory(request: &Request) -> Result<Inventory, ScanError> {
    let (snapshot, path, config) =
        (Arc::clone(&request.snapshot), request.path.clone(), request.config.clone());
    let inventory = tokio::task::spawn_blocking(move || Inventory::take(snapshot.as_ref(), &path, &config))
        .await
        .map_err(|error| ScanError::Internal(error.to_string()))??;
    Ok(inventory)
}

async fn walk(
    catalog: &Catalog,
    (inventory, reading): (&Inventory, Reading),
    request: &Request,
    session: Option<&Session>,
    then: Then,
) -> Result<Walked, ScanError> {
    let mut claims = claim(catalog, reading, &request.snapshot, inventory, &request.observer, session).await;
    // A document is what its file says, in every environment.
    if reading == Reading::Resources {
        let works: Vec<&Work> = claims.units.iter().map(|it| &it.work).collect();
        let environments = request.environments.of_units(&works)?;
        for (unit, environments) in claims.units.iter_mut().zip(environments) {
            unit.environments = environments;
        }
    }
    (request.observer)(Event::Units(claims.units.len()));
    let tasks = claims.units.into_iter().enumerate().map(|(number, claimed)| {
        let root = claimed.work.root.clone();
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
    let of_the_tree = |it: &Coverage| inventory.files.binary_search(&it.path).is_ok();
    let mut coverage = worst(from_units.chain(of_faults).filter(of_the_tree).collect());
    let said = |path: &String| coverage.binary_search_by(|it| it.path.cmp(path)).is_ok();
    let unread: Vec<Coverage> = inventory
        .files
        .iter()
        .filter(|path| !said(path))
        .map(|path| Coverage {
            path: path.clone(),
            status: Status::Ignored,
            plugin: String::new(),
            reason: "no parser reads this kind of file".to_owned(),
            location: None,
        })
        .collect();
    coverage.extend(unread);
    coverage.extend(inventory.aside.iter().cloned());
    coverage.sort();
    let errors = claims.faults.into_iter().map(|(error, _)| error).collect();
    Ok(Walked { units, coverage, errors })
}

/// Makes what this scan has found out known to the next ones.
async fn end(session: Option<Session>) {
    if let Some(session) = session {
        // A cache that fails is none.
        let _ = tokio::task::spawn_blocking(move || session.end()).await;
    }
}

/// Parses a tree, and stops there.
pub async fn parse(catalog: &Catalog, request: &Request) -> Result<ParsedTree, ScanError> {
    let session = request.session();
    let walked = walk(
        catalog,
        (&inventory(request).await?, Reading::Resources),
        request,
        session.as_ref(),
        Then::Keep,
    )
    .await?;
    end(session).await;
    let mut tree = ParsedTree { coverage: walked.coverage, errors: walked.errors, ..ParsedTree::default() };
    for unit in walked.units {
        tree.batches.extend(unit.kept.into_iter().filter(|(_, batch)| !batch.resources.is_empty()));
        tree.diagnostics.extend(unit.diagnostics);
        tree.errors.extend(unit.errors);
    }
    tree.diagnostics.sort();
    tree.errors.sort();
    Ok(tree)
}

/// Judges all that was kept for the controls that see the whole tree: once in each environment that some of it is
/// in, together with what has its defaults only, which is in all of them.
async fn whole_tree(
    judges: &[Judge],
    kept: &[(String, Batch)],
    notes: &Notes,
    request: &Request,
    session: Option<&Session>,
) -> Judged {
    let names: BTreeSet<&str> =
        kept.iter().map(|(name, _)| name.as_str()).filter(|name| !name.is_empty()).collect();
    let several = !names.is_empty();
    let names = if several {
        request.environments.names().filter(|it| names.contains(it)).collect()
    } else {
        vec![""]
    };
    let mut judged = Vec::new();
    for name in names {
        let mut whole = Builder::new();
        for (_, batch) in kept.iter().filter(|(of, _)| of.is_empty() || of == name) {
            whole.append(batch, &(0u32..).zip(&batch.resources).map(|(row, _)| row).collect());
        }
        let terms = terms(request, name, notes, session);
        judged.push((name.to_owned(), judge_tree(judges, &whole.finish(), terms).await));
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
    let inventory = inventory(request).await?;
    let documents = of_documents(judges);
    let resources = documents.is_empty() || judges.iter().any(Judge::sees_resources);
    let mut walked = Walked::default();
    if resources {
        let then = Then::Judge(Arc::clone(judges));
        walked = walk(catalog, (&inventory, Reading::Resources), request, session, then).await?;
    }
    if !documents.is_empty() {
        let then = Then::Judge(documents.into());
        let mut read = walk(catalog, (&inventory, Reading::Documents), request, session, then).await?;
        if resources {
            // They were counted as resources already.
            read.units.iter_mut().for_each(|unit| unit.resources = 0);
        }
        walked.add(read);
    }
    Ok(walked)
}

/// Scans a tree.
pub async fn scan(catalog: &Catalog, request: &Request) -> Result<Report, ScanError> {
    let judges: Arc<[Judge]> = judges(catalog, &request.selection).into();
    let session = request.session();
    let walked = read(catalog, &judges, request, session.as_ref()).await?;
    let mut judged = Judged::default();
    let mut diagnostics = Vec::new();
    let mut errors = walked.errors;
    let mut resources = 0;
    let mut kept = Vec::new();
    let mut notes = Notes::default();
    for unit in walked.units {
        resources += unit.resources;
        diagnostics.extend(unit.diagnostics);
        errors.extend(unit.errors);
        judged.add(unit.judged);
        kept.extend(unit.kept);
        notes.merge(unit.notes);
    }
    judged.add(whole_tree(&judges, &kept, &notes, request, session.as_ref()).await);
    end(session).await;
    if !request.list_passed {
        judged.findings.retain(|it| it.status != FindingStatus::Passed);
    }

    let mut results = judged.findings;
    results.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    tell_apart(&mut results);
    diagnostics.extend(judged.diagnostics);
    let known: Vec<&Control> = judges.iter().flat_map(Judge::known).collect();
    let taken: Vec<&Control> = judges.iter().flat_map(Judge::taken).collect();
    diagnostics.extend(notes.tell(&known, &taken, &judged.used, request.today));
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

/// Compares a report with an earlier one of that name: see [`palisade_domain::compare`].
pub fn compare(report: &mut Report, base: &Baseline, name: &str, accept_new: bool) {
    palisade_domain::compare(report, base, accept_new);
    report.target.base = Some(name.to_owned());
    report.digest = palisade_report::digest(report);
}

/// Accepts risks: see [`palisade_domain::accept`].
pub fn accept(report: &mut Report, risks: &[AcceptedRisk]) {
    if !risks.is_empty() {
        palisade_domain::accept(report, risks);
        report.digest = palisade_report::digest(report);
    }
}
