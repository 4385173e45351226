//! The units of a tree: claims of its parsers, and results of parsing and judging.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt as _;
use palisade_catalog::{Catalog, Formats};
use palisade_domain::{Coverage, Diagnostic, Level, PluginError, Status, Work};

use crate::cache::Session;
use crate::claim::{Claimed, Claims, Reading, claim};
use crate::error::ScanError;
use crate::event::Event;
use crate::inventory::Inventory;
use crate::known;
use crate::process::{Then, UnitResult, process};
use crate::request::Request;
use crate::tally::{Tally, Unchanged};

/// The files of a tree and the claims of its parsers, for one reading.
pub(crate) struct Survey {
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) reading: Reading,
    pub(crate) claims: Claims,
}

/// A unit: its result, or its counts if it is the same on both sides of a change.
pub(crate) enum Piece {
    Processed(Box<UnitResult>),
    Unchanged(Claimed, Arc<Tally>),
}

impl Piece {
    /// Excludes its resources from the counts.
    pub(crate) fn count_no_resources(&mut self) {
        match self {
            Piece::Processed(unit) => {
                unit.resources = 0;
                unit.uncovered.clear();
            }
            Piece::Unchanged(_, tally) => {
                let tally = Arc::make_mut(tally);
                tally.counts.resources = 0;
                tally.uncovered.clear();
            }
        }
    }

    fn coverage(&self) -> &[Coverage] {
        match self {
            Piece::Processed(unit) => &unit.coverage,
            Piece::Unchanged(_, tally) => &tally.coverage,
        }
    }
}

/// All units of a tree, in a fixed order, and the coverage of all files.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) units: Vec<Piece>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) errors: Vec<PluginError>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) has_links: bool,
    /// The readings of the tree.
    pub(crate) readings: Vec<ReadAs>,
}

/// One reading of a tree.
pub(crate) struct ReadAs {
    pub(crate) reading: Reading,
    /// Number of units of this reading.
    pub(crate) units: usize,
    /// Links without a target whose names a parser would read; none if the result depends on more of the tree than its
    /// units.
    pub(crate) dangling: Option<BTreeSet<String>>,
}

impl Walked {
    /// Adds another reading of the same tree. Of two rows for one file the worse one counts.
    pub(crate) fn add(&mut self, other: Walked) {
        self.units.extend(other.units);
        self.has_links |= other.has_links;
        self.errors.extend(other.errors);
        self.diagnostics.extend(other.diagnostics);
        self.coverage.extend(other.coverage);
        self.coverage = worst(std::mem::take(&mut self.coverage));
        self.readings.extend(other.readings);
    }
}

/// Merges several rows for one file, by path.
fn worst(mut rows: Vec<Coverage>) -> Vec<Coverage> {
    rows.sort_by(|one, other| one.path.cmp(&other.path));
    let mut merged: Vec<Coverage> = Vec::with_capacity(rows.len());
    for it in rows {
        let it = match merged.pop_if(|before| before.path == it.path) {
            Some(before) => before.merge(it),
            None => it,
        };
        merged.push(it);
    }
    merged
}

/// The inventory of the tree.
pub(crate) async fn inventory(request: &Request, formats: &Formats) -> Result<Inventory, ScanError> {
    let (snapshot, path, config) =
        (Arc::clone(&request.snapshot), request.path.clone(), request.config.clone());
    let skip = formats.skips().clone();
    let take = move || Inventory::take(snapshot.as_ref(), &path, &config, &skip);
    let inventory =
        tokio::task::spawn_blocking(take).await.map_err(|error| ScanError::Internal(error.to_string()))??;
    Ok(inventory)
}

/// The units of the tree, with their environments.
pub(crate) async fn survey(
    catalog: &Catalog,
    inventory: &Arc<Inventory>,
    reading: Reading,
    request: &Request,
    session: Option<&Session>,
) -> Result<Survey, ScanError> {
    let mut claims = claim(catalog, reading, inventory, request, session).await;
    // The content of a document is the same in every environment.
    if reading == Reading::Resources {
        let works: Vec<&Work> = claims.units.iter().map(|it| &it.work).collect();
        let environments = request.environments.of_units(catalog.formats(), &works)?;
        for (unit, environments) in claims.units.iter_mut().zip(environments) {
            unit.environments = environments;
        }
    }
    Ok(Survey { inventory: Arc::clone(inventory), reading, claims })
}

/// Parses the units of a survey and judges or keeps them, except those that are unchanged.
pub(crate) async fn walk(
    catalog: &Catalog,
    survey: Survey,
    request: &Request,
    session: Option<&Session>,
    then: &Then,
    unchanged: &Unchanged,
) -> Result<Walked, ScanError> {
    let Survey { inventory, reading, claims } = survey;
    let Claims { units, yielded, faults, dangling, has_kept } = claims;
    let is_plain = faults.is_empty() && yielded.is_empty() && !has_kept;
    let count = units.len();
    let mut pieces: Vec<(usize, Piece)> = Vec::new();
    let mut open: Vec<(usize, Claimed)> = Vec::new();
    for (number, unit) in units.into_iter().enumerate() {
        match unchanged.of(&unit) {
            Some(tally) => pieces.push((number, Piece::Unchanged(unit, Arc::clone(tally)))),
            None => open.push((number, unit)),
        }
    }
    (request.observer)(Event::Units(open.len()));
    pieces.extend(process_all(open, request, session, then).await?);
    let yielded = unwanted(yielded, pieces.iter().flat_map(|(_, piece)| piece.coverage()));
    let yielded = (count..).zip(yielded).collect();
    pieces.extend(process_all(yielded, request, session, then).await?);
    pieces.sort_by_key(|(number, _)| *number);
    let units: Vec<Piece> = pieces.into_iter().map(|(_, piece)| piece).collect();

    let twice = read_twice(catalog, &units);
    let from_units = units.iter().flat_map(Piece::coverage).cloned();
    let of_faults = faults.iter().flat_map(|(error, files)| {
        files.iter().map(|path| Coverage {
            plugin: error.plugin.clone(),
            ..Coverage::new(path, Status::Failed, format!("parser `{}` {}", error.plugin, error.reason))
        })
    });
    let of_the_tree = |it: &Coverage| inventory.files.binary_search(&it.path).is_ok();
    let mut coverage = worst(from_units.chain(of_faults).filter(of_the_tree).collect());
    let has_row = |path: &String| coverage.binary_search_by(|it| it.path.cmp(path)).is_ok();
    let unread: Vec<Coverage> = inventory
        .files
        .iter()
        .filter(|path| !has_row(path))
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
        let status = if dangling.contains(path) { Status::Unsupported } else { Status::Ignored };
        Coverage::new(path, status, "a link that leads to nothing")
    }));
    coverage.sort();
    // Without a base, everything is new; a later comparison changes this.
    for it in &mut coverage {
        it.compare(None);
    }
    let errors = faults.into_iter().map(|(error, _)| error).collect();
    let readings = vec![ReadAs { reading, units: units.len(), dangling: is_plain.then_some(dangling) }];
    Ok(Walked { units, coverage, errors, diagnostics: twice, has_links: inventory.has_links, readings })
}

/// Units whose files the owner does not read: they are parsed by the other parsers that claimed them.
fn unwanted<'a>(mut yielded: Vec<Claimed>, rows: impl Iterator<Item = &'a Coverage>) -> Vec<Claimed> {
    if yielded.is_empty() {
        return yielded;
    }
    let wanted: BTreeSet<&str> =
        rows.filter(|it| it.status != Status::Ignored).map(|it| it.path.as_str()).collect();
    for unit in &mut yielded {
        unit.work.files.retain(|file| !wanted.contains(file.as_str()));
    }
    yielded.retain(|unit| !unit.work.files.is_empty());
    yielded
}

/// Parses and judges units, at most `jobs` at a time.
async fn process_all(
    units: Vec<(usize, Claimed)>,
    request: &Request,
    session: Option<&Session>,
    then: &Then,
) -> Result<Vec<(usize, Piece)>, ScanError> {
    let tasks = units.into_iter().map(|(number, claimed)| {
        let root = claimed.work.root.clone();
        let task = tokio::spawn(process(claimed, request.clone(), session.cloned(), then.clone()));
        async move { task.await.map(|unit| (number, unit)).map_err(|_| ScanError::Internal(root)) }
    });
    // Tasks are created on demand, so that at most `jobs` units are in memory.
    let mut running = futures::stream::iter(tasks).buffer_unordered(request.jobs.max(1));
    let mut units = Vec::new();
    while let Some(done) = running.next().await {
        let (number, unit) = done?;
        units.push((number, Piece::Processed(Box::new(unit))));
    }
    Ok(units)
}

/// Remarks on files that a plugin reads in addition to another parser.
fn read_twice(catalog: &Catalog, units: &[Piece]) -> Vec<Diagnostic> {
    let others = || catalog.plugins().iter().filter(|it| !it.built_in);
    if others().next().is_none() {
        return Vec::new();
    }
    let built_in = |name: &str| others().all(|it| it.manifest.name != name);
    let mut readers = BTreeMap::<&str, BTreeSet<&str>>::new();
    for it in units.iter().flat_map(Piece::coverage).filter(|it| it.status != Status::Ignored) {
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
