//! A change: a tree compared with its base. The command line and the service evaluate changes here, by the same rules.
//!
//! A unit whose files, and everything else that its parser read, are the same in both trees is unchanged: it is
//! counted, and neither read nor judged again. So a change costs only what it touches. The result of the base is kept
//! by its commit, so that the next change does not read it again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::{AcceptedRisk, Baseline, Gate, Missing, Report, Verdict, accept};
use palisade_source::{Digest, Snapshot, TreePath, WalkError, is_there};

use crate::assemble::{assemble, finish};
use crate::base::{Base, compare_with};
use crate::claim::{Claimed, Reading};
use crate::config::RepositoryConfig;
use crate::difference::Difference;
use crate::environment::{EnvironmentError, Environments};
use crate::error::ScanError;
use crate::process::{UnitResult, process};
use crate::record::Recorded;
use crate::request::Request;
use crate::roots::Roots;
use crate::scan::Scan;
use crate::tally::{Tally, Unchanged};
use crate::walk::{Piece, Survey, Walked};

/// What a tree is compared with, and how.
pub struct Change {
    /// The tree before the change.
    pub base: Arc<dyn Snapshot>,
    /// Name of the base in the report, such as the id of the commit.
    pub name: String,
    /// Environments by name and file. The base has those whose files it has; the others are new.
    pub environments: Vec<(String, String)>,
    /// Whether suppressions that the change adds apply at once.
    pub allow_new_suppressions: bool,
    /// Risks that are accepted outside of the tree.
    pub accepted: Vec<AcceptedRisk>,
    /// Whether the findings of unchanged units are listed too.
    pub list_unchanged: bool,
}

/// The result of a change.
#[derive(Debug)]
pub struct Evaluated {
    /// The report of the tree after the change; each finding has whether it is new.
    pub report: Report,
    /// The verdict of the gate.
    pub verdict: Verdict,
    /// The gate that gave the verdict.
    pub gate: Gate,
    /// Whether all of the base was scanned. Findings in files that were not scanned in the base are new.
    pub is_base_complete: bool,
}

/// The gate of a change: if everything must be judged, only files that the change leaves unjudged count.
fn gate_of_changes(gate: Gate) -> Gate {
    let missing = if gate.missing == Missing::All { Missing::New } else { gate.missing };
    Gate { missing, ..gate }
}

/// One of the two trees.
struct Side<'c> {
    scan: Scan<'c>,
    surveys: Vec<Survey>,
    /// The counts of units that are known from an earlier scan.
    known: HashMap<Digest, Arc<Tally>>,
    /// Whether all of it comes from an earlier scan.
    is_kept: bool,
}

impl<'c> Side<'c> {
    fn new(scan: Scan<'c>, surveys: Vec<Survey>) -> Side<'c> {
        Side { scan, surveys, known: HashMap::new(), is_kept: false }
    }

    /// The tree from the record of an earlier scan; without one, surveyed now.
    async fn recall(scan: Scan<'c>) -> Result<Side<'c>, ScanError> {
        let Some(record) = scan.record().and_then(|it| it.surveys(scan.catalog)) else {
            let surveys = scan.surveys().await?;
            return Ok(Side::new(scan, surveys));
        };
        let mut known = HashMap::new();
        let mut surveys = Vec::new();
        for Recorded { survey, tallies } in record {
            let units = survey.claims.units.iter().zip(tallies);
            known.extend(units.filter_map(|(unit, tally)| Some((unit.key()?, tally?))));
            surveys.push(survey);
        }
        Ok(Side { scan, surveys, known, is_kept: true })
    }

    /// A tree without the scanned path.
    fn empty(scan: Scan<'c>) -> Side<'c> {
        let surveys = scan.of_nothing();
        Side::new(scan, surveys)
    }

    /// The roots of its units.
    fn roots(&self) -> Roots {
        let mut roots = Roots::default();
        let of_resources = self.surveys.iter().filter(|it| it.reading == Reading::Resources);
        for it in of_resources.flat_map(|it| &it.claims.units).filter(|it| !it.apart) {
            roots.add(&it.plugin.manifest.name, &it.work.root);
        }
        roots
    }

    fn keys(&self) -> HashSet<Digest> {
        self.surveys.iter().flat_map(|it| &it.claims.units).filter_map(Claimed::key).collect()
    }

    /// Parses and judges all units that changed, and keeps a record for the next change.
    async fn walk(&mut self, unchanged: &Unchanged) -> Result<Walked, ScanError> {
        let surveys = std::mem::take(&mut self.surveys);
        let inventory = surveys.first().map(|it| Arc::clone(&it.inventory));
        let walked = self.scan.walk(surveys, unchanged).await?;
        if !self.is_kept {
            self.scan.keep(inventory.as_deref(), &walked);
        }
        self.scan.end().await;
        Ok(walked)
    }
}

impl Change {
    /// A comparison with a base, without environments and accepted risks. Suppressions of the change do not apply, and
    /// unchanged units are only counted.
    pub fn new(base: Arc<dyn Snapshot>, name: impl Into<String>) -> Change {
        Change {
            base,
            name: name.into(),
            environments: Vec::new(),
            allow_new_suppressions: false,
            accepted: Vec::new(),
            list_unchanged: false,
        }
    }

    /// Evaluates a change: scans what it touches in both trees, compares them, and returns the verdict. The request is
    /// for the tree after the change; its configuration and gate must come from the base, so that no change weakens its
    /// own gate.
    ///
    /// # Errors
    /// If one of the trees cannot be scanned; [`ScanError::Base`] for the base.
    pub async fn evaluate(&self, catalog: &Catalog, head: &Request) -> Result<Evaluated, ScanError> {
        // Two scans are a large state machine.
        Box::pin(self.run(catalog, head)).await
    }

    async fn run(&self, catalog: &Catalog, head: &Request) -> Result<Evaluated, ScanError> {
        let gate = gate_of_changes(head.gate);
        let has = |tree: &dyn Snapshot| {
            is_there(tree, &head.path)
                .map_err(|source| WalkError::Start { path: head.path.clone(), source })
                .map_err(ScanError::from)
        };
        let in_base = has(self.base.as_ref()).map_err(|error| ScanError::Base(Box::new(error)))?;
        let scan = Scan::new(catalog, &Request { gate, ..head.clone() })?;
        let mut base = if in_base {
            self.base(&scan, head).await.map_err(|error| ScanError::Base(Box::new(error)))?
        } else {
            Side::empty(scan.of_tree(&Request { snapshot: Arc::clone(&self.base), ..scan.request.clone() })?)
        };
        let mut request = Request { gate, before: base.roots(), ..head.clone() };
        if in_base && !has(head.snapshot.as_ref())? {
            // Deleted files have no violations, and moved files are not scanned.
            request.config = RepositoryConfig::parse("exclude = [\"**\"]", "", "")?;
            request.path = TreePath::default();
        }
        let scan = scan.of_tree(&request)?;
        let surveys = scan.surveys().await?;
        let mut head = Side::new(scan, surveys);

        let mut unchanged = Unchanged::default();
        let counts = !self.list_unchanged && !head.scan.request.list_passed && !head.scan.sees_the_tree();
        let mut shared = Shared::new(&base, &head);
        if counts {
            shared.settle(std::mem::take(&mut base.known).into_iter(), &mut unchanged).await?;
        }
        let mut before = base.walk(&unchanged).await?;
        if counts {
            let tallied = |it: &Piece| match it {
                Piece::Processed(unit) => Some((unit.claimed.as_ref()?.key()?, Arc::new(Tally::of(unit)?))),
                Piece::Unchanged(..) => None,
            };
            let tallies: Vec<_> = before.units.iter().filter_map(tallied).collect();
            shared.settle(tallies.into_iter(), &mut unchanged).await?;
            count(&mut before, &unchanged);
        }
        let mut after = head.walk(&unchanged).await?;
        list_related(&mut before, &mut after, &base.scan, &head.scan).await;

        let before = assemble(&base.scan, before).await?;
        let mut report = assemble(&head.scan, after).await?;
        let trees = Some([head.scan.request.snapshot.as_ref(), base.scan.request.snapshot.as_ref()]);
        let compared = Base { baseline: &Baseline::of(&before), name: &self.name, trees };
        compare_with(&mut report, compared, self.allow_new_suppressions, gate);
        accept(&mut report, &self.accepted);
        let report = finish(report);
        let verdict = gate.judge(&report);
        Ok(Evaluated { report, verdict, gate, is_base_complete: before.complete })
    }

    /// The base, scanned like the tree after the change, with the environments whose files it has.
    async fn base<'c>(&self, scan: &Scan<'c>, head: &Request) -> Result<Side<'c>, ScanError> {
        let mut asked = self.environments.clone();
        loop {
            let environments = match Environments::find(self.base.as_ref(), &head.path, &asked) {
                Err(EnvironmentError::Absent { name, .. }) => {
                    asked.retain(|(it, _)| *it != name);
                    continue;
                }
                other => other?,
            };
            let is_left_out = asked.len() < self.environments.len();
            let request = Request {
                snapshot: Arc::clone(&self.base),
                before: Roots::default(),
                environments: if is_left_out { environments.of_more() } else { environments },
                gate: Gate { missing: Missing::Failed, ..head.gate },
                list_passed: false,
                ..head.clone()
            };
            match Side::recall(scan.of_tree(&request)?).await {
                Err(ScanError::Environment(EnvironmentError::Unused { name, .. })) => {
                    asked.retain(|(it, _)| *it != name);
                }
                other => return other,
            }
        }
    }
}

/// Units that both trees have, and the differences of the trees.
struct Shared {
    units: HashSet<Digest>,
    difference: Option<Difference>,
}

impl Shared {
    fn new(base: &Side<'_>, head: &Side<'_>) -> Shared {
        let units = base.keys().intersection(&head.keys()).copied().collect();
        let trees = [&base.scan, &head.scan].map(|it| Arc::clone(&it.request.snapshot));
        let [one, other] = trees;
        Shared { units, difference: Some(Difference::new(one, other)) }
    }

    /// Adds the units that are the same in both trees.
    async fn settle(
        &mut self,
        tallies: impl Iterator<Item = (Digest, Arc<Tally>)>,
        unchanged: &mut Unchanged,
    ) -> Result<(), ScanError> {
        let tallies: Vec<_> = tallies.filter(|(unit, _)| self.units.contains(unit)).collect();
        let Some(mut difference) = self.difference.take() else { return Ok(()) };
        // Files are read only if Git's ids do not decide.
        let compare = move || {
            let same: Vec<_> =
                tallies.into_iter().filter(|(_, tally)| !difference.touches(&tally.looks)).collect();
            (difference, same)
        };
        let compared = tokio::task::spawn_blocking(compare).await;
        let (difference, same) = compared.map_err(|error| ScanError::Internal(error.to_string()))?;
        self.difference = Some(difference);
        for (unit, tally) in same {
            unchanged.add(unit, tally);
        }
        Ok(())
    }
}

/// Counts units that proved unchanged after they were judged.
fn count(walked: &mut Walked, unchanged: &Unchanged) {
    for piece in &mut walked.units {
        let Piece::Processed(unit) = piece else { continue };
        let Some(claimed) = unit.claimed.take_if(|it| unchanged.of(it).is_some()) else { continue };
        if let Some(tally) = unchanged.of(&claimed).map(Arc::clone) {
            *piece = Piece::Unchanged(claimed, tally);
        }
    }
}

/// Whether a changed unit may share findings with an unchanged one of another format: a configuration and its plan.
fn is_related(unit: &UnitResult, piece: &Piece) -> bool {
    let (Some(claimed), Piece::Unchanged(other, tally)) = (&unit.claimed, piece) else { return false };
    claimed.work.format != other.work.format
        && unit.resources > 0
        && tally.counts.resources > 0
        && (other.work.files.iter().any(|file| unit.looks.has_read(file))
            || claimed.work.files.iter().any(|file| tally.looks.has_read(file)))
}

/// Lists the findings of unchanged units that are related to a changed one: a configuration and its plan share one
/// finding.
async fn list_related(before: &mut Walked, after: &mut Walked, base: &Scan<'_>, head: &Scan<'_>) {
    loop {
        let changed = before.units.iter().chain(&after.units).filter_map(|it| match it {
            Piece::Processed(unit) => Some(unit),
            Piece::Unchanged(..) => None,
        });
        let changed: Vec<&UnitResult> = changed.map(|it| &**it).collect();
        let related = |it: &&Piece| changed.iter().any(|unit| is_related(unit, it));
        let key = |it: &Piece| match it {
            Piece::Unchanged(claimed, _) => claimed.key(),
            Piece::Processed(_) => None,
        };
        let keys: HashSet<Digest> = after.units.iter().filter(related).filter_map(key).collect();
        if keys.is_empty() {
            return;
        }
        for (walked, scan) in [(&mut *before, base), (&mut *after, head)] {
            let readings = walked.readings.iter();
            let readings: Vec<Reading> =
                readings.flat_map(|it| std::iter::repeat_n(it.reading, it.units)).collect();
            for (piece, reading) in walked.units.iter_mut().zip(readings) {
                let Piece::Unchanged(claimed, _) = piece else { continue };
                if claimed.key().is_none_or(|it| !keys.contains(&it)) {
                    continue;
                }
                let (request, session) = (scan.request.clone(), scan.session.clone());
                let unit = process(claimed.clone(), request, session, scan.judging(reading)).await;
                *piece = Piece::Processed(Box::new(unit));
            }
        }
    }
}
