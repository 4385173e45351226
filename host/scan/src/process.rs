//! Processes one unit: in each environment, in each reading, and with both branches of unknown conditions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisade_domain::tape::{Batch, ResourceView};
use palisade_domain::{Assumption, Coverage, Diagnostic, Environment, FindingStatus, PluginError};
use palisade_shapes::Shapes;
use palisade_source::Digest;

use crate::branch::branch;
use crate::cache::Session;
use crate::claim::Claimed;
use crate::event::Event;
use crate::judge::{Judge, JudgeOptions, Judged, for_the_tree, judge};
use crate::known;
use crate::looks::Looks;
use crate::merge::{merge, unite};
use crate::request::Request;
use crate::suppress::Notes;
use crate::unit;

/// The options of an environment. With several environments or readings passes must be listed, to find those of all.
pub(crate) fn judge_options<'a>(
    request: &'a Request,
    environment: &'a str,
    notes: &'a Notes,
    session: Option<&'a Session>,
    readings: usize,
) -> JudgeOptions<'a> {
    JudgeOptions {
        list_passed: request.list_passed || !environment.is_empty() || readings > 1,
        moment: request.moment(),
        today: request.today,
        notes,
        environment,
        observer: &request.observer,
        session,
    }
}

/// Result of one unit.
#[derive(Default)]
pub(crate) struct UnitResult {
    /// The unit; none while it is being processed.
    pub(crate) claimed: Option<Claimed>,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) errors: Vec<PluginError>,
    /// Each resource counts once, whatever the number of environments.
    pub(crate) resources: u64,
    /// Those of them that no control judges, by format and kind.
    pub(crate) uncovered: BTreeMap<(String, String), u64>,
    pub(crate) judged: Judged,
    /// Resources that controls of the whole tree need.
    pub(crate) kept: Vec<Kept>,
    /// Suppressions of the authors.
    pub(crate) notes: Notes,
    /// Places of the tree that the result depends on.
    pub(crate) looks: Looks,
}

/// The resources of a unit in an environment; the name of the default one is empty.
pub(crate) struct Kept {
    pub(crate) environment: String,
    /// One batch for each reading.
    pub(crate) readings: Vec<Batch>,
}

impl Kept {
    /// A reading by number. A unit with fewer readings is the same in all others.
    pub(crate) fn reading(&self, number: usize) -> Option<&Batch> {
        self.readings.get(number).or(self.readings.first())
    }
}

/// What to do with a unit after it is parsed.
#[derive(Clone)]
pub(crate) enum Then {
    Keep,
    Judge(Judges),
}

/// The packs, and the shapes of resources.
#[derive(Clone)]
pub(crate) struct Judges {
    pub(crate) packs: Arc<[Judge]>,
    shapes: Arc<Shapes>,
    /// Digest of the tables of shapes.
    tables: Digest,
}

impl Judges {
    pub(crate) fn new(packs: Arc<[Judge]>, shapes: &Arc<Shapes>) -> Judges {
        Judges { packs, shapes: Arc::clone(shapes), tables: Digest::of(shapes.text().as_bytes()) }
    }

    /// Whether a control judges a resource with its shapes, or a shape covers it.
    fn covers(&self, resource: ResourceView<'_>) -> bool {
        self.packs.iter().any(|it| it.asked().covers(resource)) || self.shapes.covers(resource)
    }

    /// The parsed batch with its shapes, and the digest of both.
    fn shaped(&self, batch: Batch, digest: Option<Digest>) -> (Batch, Option<Digest>) {
        let before = batch.shapes.len();
        let batch = self.shapes.apply(batch);
        let is_new = batch.shapes.len() > before;
        let both = |of: Digest| Digest::of(&[of.0, self.tables.0].concat());
        (batch, digest.map(|it| if is_new { both(it) } else { it }))
    }
}

impl UnitResult {
    fn add(&mut self, other: UnitResult) {
        self.coverage.extend(other.coverage);
        self.diagnostics.extend(other.diagnostics);
        self.errors.extend(other.errors);
        self.resources += other.resources;
        add_counts(&mut self.uncovered, other.uncovered);
        self.judged.add(other.judged);
        self.kept.extend(other.kept);
        self.notes.merge(other.notes);
        self.looks.add(other.looks);
    }
}

/// Adds counts to earlier ones.
pub(crate) fn add_counts(
    counts: &mut BTreeMap<(String, String), u64>,
    more: impl IntoIterator<Item = ((String, String), u64)>,
) {
    for (kind, count) in more {
        *counts.entry(kind).or_default() += count;
    }
}

/// Parses and judges a unit. If a plugin fails on gathered units, each of them is processed alone.
pub(crate) async fn process(
    claimed: Claimed,
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
    // Sorted for each unit, on many threads, so that the whole is nearly sorted.
    result.judged.findings.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    result.claimed = Some(claimed);
    (request.observer)(Event::UnitDone);
    result
}

/// Parses and judges a unit in each environment and each reading.
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
        let readings = claimed.readings(environment, request);
        let alone = environments.len() == 1 && readings.len() == 1;
        let mut of_readings = Vec::new();
        let mut kept = Vec::new();
        for reading in &readings {
            let unit::Outcome { parsed, digest, error, looks } =
                unit::parse(claimed, reading, request, session).await;
            result.looks.add(looks);
            let (mut batch, mut digest, undecided) = (parsed.batch, digest, parsed.undecided);
            let mut coverage = parsed.coverage;
            if let Then::Judge(judges) = then {
                (batch, digest) = judges.shaped(batch, digest);
                let names = |kind: &str| judges.packs.iter().any(|it| it.asked().names(kind));
                known::mark(&mut coverage, &batch, |it| names(it.kind()) || judges.shapes.covers(it));
            }
            result.coverage.extend(coverage);
            result.diagnostics.extend(parsed.diagnostics);
            result.errors.extend(error);
            // Two files may declare the same resource; a resource that only another reading has has another address.
            let new = if alone {
                BTreeSet::new()
            } else {
                rows_at(&batch, |address| addresses.insert(address.to_owned()))
            };
            let first = result.resources == 0;
            result.resources += if first { batch.resources.len() } else { new.len() } as u64;
            if let Then::Judge(judges) = then {
                let counted = batch.resource_views().filter(|it| first || new.contains(&it.row()));
                for resource in counted.filter(|it| !judges.covers(*it)) {
                    let kind = (resource.format().to_owned(), resource.kind().to_owned());
                    *result.uncovered.entry(kind).or_default() += 1;
                }
            }
            match then {
                // Of further readings, only resources that the first one does not have.
                Then::Keep if kept.is_empty() => kept.push(batch),
                Then::Keep => kept.push(batch.extract(&new)),
                Then::Judge(Judges { packs, .. }) => {
                    let notes = Notes::of(&batch, claimed.annotations());
                    let options = judge_options(request, &reading.name, &notes, session, readings.len());
                    let name = claimed.name();
                    let on = (&*name, claimed.apart);
                    let mut of_unit = judge(packs, &batch, digest, on, options).await;
                    let branches = Branches { claimed, reading, request, session, then, options };
                    result.looks.add(branches.decide(&mut of_unit, &undecided).await);
                    of_readings.push(of_unit);
                    result.notes.merge(notes);
                    kept.push(for_the_tree(packs, &batch).unwrap_or_default());
                }
            }
        }
        judged.push((environment.name.clone(), unite(of_readings)));
        result.kept.push(Kept { environment: environment.name.clone(), readings: kept });
    }
    if several {
        result.judged = merge(judged);
    } else {
        for (_, judged) in judged {
            result.judged.add(judged);
        }
    }
    result.diagnostics.sort();
    result.diagnostics.dedup();
    result.errors.sort();
    result.errors.dedup();
    result
}

/// The most conditions of a unit for which both values are tried: each costs two more readings.
const MOST_CONDITIONS: usize = 6;

/// What the branches of a condition are parsed and judged with.
struct Branches<'a> {
    claimed: &'a Claimed,
    reading: &'a Environment,
    request: &'a Request,
    session: Option<&'a Session>,
    then: &'a Then,
    options: JudgeOptions<'a>,
}

impl Branches<'_> {
    /// Judges outcomes that depend on unknown conditions once for each branch, one condition at a time. Returns the
    /// places of the tree that the branches depend on.
    async fn decide(&self, judged: &mut Judged, undecided: &[String]) -> Looks {
        let mut looks = Looks::default();
        if undecided.len() > MOST_CONDITIONS {
            return looks;
        }
        for condition in undecided {
            if !judged.findings.iter().any(|it| it.status == FindingStatus::Unknown) {
                break;
            }
            let then = self.judge(condition, true, &mut looks).await;
            let otherwise = self.judge(condition, false, &mut looks).await;
            let (Some(then), Some(otherwise)) = (then, otherwise) else { break };
            branch(judged, condition, [&then, &otherwise], self.options.list_passed);
        }
        looks
    }

    /// The result of the unit if a condition holds or does not; none if its parser fails.
    async fn judge(&self, condition: &str, holds: bool, looks: &mut Looks) -> Option<Judged> {
        let assume = Some(Assumption { condition: condition.to_owned(), holds });
        let reading = Environment { assume, ..self.reading.clone() };
        let mut outcome = unit::parse(self.claimed, &reading, self.request, self.session).await;
        looks.add(std::mem::take(&mut outcome.looks));
        if outcome.error.is_some() {
            return None;
        }
        let Then::Judge(judges) = self.then else { return None };
        let options = JudgeOptions { list_passed: true, ..self.options };
        let (batch, digest) = judges.shaped(outcome.parsed.batch, outcome.digest);
        let on = (&*self.claimed.name(), self.claimed.apart);
        Some(judge(&judges.packs, &batch, digest, on, options).await)
    }
}

/// Rows of the resources whose address is wanted.
fn rows_at(batch: &Batch, mut wants: impl FnMut(&str) -> bool) -> BTreeSet<u32> {
    let rows = (0u32..).zip(&batch.resources);
    rows.filter(|(_, it)| wants(batch.text(it.address))).map(|(row, _)| row).collect()
}
