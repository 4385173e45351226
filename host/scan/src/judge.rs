//! Resources judged by every pack that has something to say about them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use palisade_capabilities::Moment;
use palisade_catalog::{Admitted, Catalog, Role};
use palisade_domain::tape::{Batch, ResourceView};
use palisade_domain::{Control, Diagnostic, Finding, Judgement, Level, PluginError, Scope};
use palisade_sandbox::{Fault, JudgeRequest, Pack};
use palisade_source::Digest;

use crate::cache::{JudgeCall, Session};
use crate::event::{Event, Observer};
use crate::finding;
use crate::selection::Selection;
use crate::suppress::{NotePlace, Notes};

/// The most bytes of a batch that is judged at once by controls that look at a resource by itself; a larger unit
/// is cut along its connected components for them.
const CHUNK: usize = 8 << 20;

/// What judging gave.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) passed: u64,
    /// Controls × resources that a pack ought to have judged and did not.
    pub(crate) unjudged: u64,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) errors: Vec<PluginError>,
    /// Notes of the tree's authors that accepted something.
    pub(crate) used: BTreeSet<NotePlace>,
    /// Ids of controls that something was a subject of.
    pub(crate) applied: BTreeSet<Arc<str>>,
}

impl Judged {
    pub(crate) fn add(&mut self, other: Judged) {
        self.findings.extend(other.findings);
        self.passed += other.passed;
        self.unjudged += other.unjudged;
        self.diagnostics.extend(other.diagnostics);
        self.errors.extend(other.errors);
        self.used.extend(other.used);
        self.applied.extend(other.applied);
    }
}

/// A pack and which of its controls are asked.
#[derive(Clone)]
pub(crate) struct Judge {
    plugin: Admitted,
    pack: Pack,
    controls: Vec<Control>,
    /// Indices of the controls that see one component.
    component: Vec<u32>,
    /// Those of them that look at a resource by itself, and those that look at others beside it.
    alone: Vec<u32>,
    beside: Vec<u32>,
    /// Indices of the controls that see the tree.
    tree: Vec<u32>,
    /// Indices of the controls that see whole documents.
    document: Vec<u32>,
    parameters: Vec<(String, String)>,
    speaks: Arc<Speaks>,
}

/// Which controls of a pack may have something to say about a resource, by what it is: most have nothing to say
/// about most resources, and a tree has many of both.
#[derive(Default)]
struct Speaks {
    by_kind: HashMap<String, Vec<u32>>,
    by_shape: HashMap<String, Vec<u32>>,
    /// Controls that want to see a kind beside their subjects.
    beside: HashMap<String, Vec<u32>>,
    /// Controls that judge every kind.
    all: Vec<u32>,
}

/// What a control says that judges every kind.
const EVERY_KIND: &str = "*";

impl Speaks {
    fn of(controls: &[Control]) -> Speaks {
        let mut speaks = Speaks::default();
        let Speaks { by_kind, by_shape, beside, all } = &mut speaks;
        for (index, control) in (0u32..).zip(controls) {
            if control.kinds.iter().any(|kind| kind == EVERY_KIND) {
                all.push(index);
            }
            for (names, place) in [
                (&control.kinds, &mut *by_kind),
                (&control.shapes, &mut *by_shape),
                (&control.related, &mut *beside),
            ] {
                for name in names {
                    place.entry(name.clone()).or_default().push(index);
                }
            }
        }
        speaks
    }

    /// Controls that judge it, if they understand its format.
    fn about(&self, resource: ResourceView<'_>) -> impl Iterator<Item = u32> {
        let shaped = self.by_shape.iter().filter(move |(shape, _)| resource.shape(shape).is_some());
        let of_kind = self.by_kind.get(resource.kind()).into_iter();
        of_kind.chain(shaped.map(|(_, controls)| controls)).chain([&self.all]).flatten().copied()
    }

    /// Controls that look at it beside others.
    fn beside(&self, resource: ResourceView<'_>) -> impl Iterator<Item = u32> {
        self.beside.get(resource.kind()).into_iter().flatten().copied()
    }
}

/// How to judge.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) list_passed: bool,
    pub(crate) moment: Moment,
    /// The same as a day, which decides expiries.
    pub(crate) today: Date,
    /// What the tree's authors accept.
    pub(crate) notes: &'a Notes,
    /// The environment's name; empty for the default one.
    pub(crate) environment: &'a str,
    pub(crate) observer: &'a Observer,
    pub(crate) session: Option<&'a Session>,
}

/// How often what failed is asked again in halves: enough to find two faults among a thousand controls.
const MOST_FAILURES: u32 = 24;

/// Whether a fault may be that of one control, so that the others are worth asking by themselves.
fn is_of_a_control(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Cpu { .. }
            | Fault::Wall { .. }
            | Fault::Memory { .. }
            | Fault::Stack
            | Fault::Panicked { .. }
            | Fault::Trapped { .. }
            | Fault::Output { .. }
            | Fault::Findings { .. }
            | Fault::LogLines { .. }
    )
}

/// What is judged.
#[derive(Clone, Copy)]
struct Matter<'a> {
    batch: &'a Batch,
    /// For readers: the unit; empty for the tree.
    on: &'a str,
    /// The digest of the whole that the batch is, or is a part of, where there is a cache.
    digest: Option<Digest>,
    /// Which part; empty for all of it.
    part: &'a str,
}

/// The judges of a catalog.
pub(crate) fn judges(catalog: &Catalog, selection: &Selection) -> Vec<Judge> {
    let mut judges = Vec::new();
    for plugin in catalog.plugins() {
        let Role::Pack { pack, info } = &plugin.role else { continue };
        let enabled = |scope: Scope| -> Vec<u32> {
            (0u32..)
                .zip(&info.controls)
                .filter(|(_, control)| control.scope == scope && selection.takes(control))
                .map(|(index, _)| index)
                .collect()
        };
        let parameters = info
            .controls
            .iter()
            .flat_map(|control| {
                control
                    .parameters
                    .iter()
                    .map(|it| (format!("{}.{}", control.id, it.name), it.default.clone()))
            })
            .collect();
        let component = enabled(Scope::Component);
        let looks_beside =
            |index: &u32| info.controls.get(*index as usize).is_some_and(|it| !it.related.is_empty());
        let (beside, alone) = component.iter().partition(|index| looks_beside(index));
        judges.push(Judge {
            plugin: plugin.clone(),
            pack: pack.clone(),
            controls: info.controls.clone(),
            component,
            alone,
            beside,
            tree: enabled(Scope::Tree),
            document: enabled(Scope::Document),
            parameters,
            speaks: Arc::new(Speaks::of(&info.controls)),
        });
    }
    judges
}

/// Those that judge whole documents, to be asked about the documents of a tree.
pub(crate) fn of_documents(judges: &[Judge]) -> Vec<Judge> {
    judges.iter().filter_map(Judge::of_documents).collect()
}

fn understands(control: &Control, resource: ResourceView<'_>) -> bool {
    control.formats.is_empty() || control.formats.iter().any(|it| it == resource.format())
}

/// The resources of a batch with their rows.
fn rows(batch: &Batch) -> impl Iterator<Item = (u32, ResourceView<'_>)> {
    (0u32..).zip(&batch.resources).filter_map(|(row, _)| Some((row, batch.resource(row)?)))
}

impl Judge {
    /// The controls that take part.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &Control> {
        [&self.component, &self.tree, &self.document].into_iter().flat_map(|enabled| self.controls(enabled))
    }

    /// Whether some of its controls want to see resources.
    pub(crate) fn sees_resources(&self) -> bool {
        !(self.component.is_empty() && self.tree.is_empty())
    }

    /// The judge of whole documents, if some of these controls want them.
    fn of_documents(&self) -> Option<Judge> {
        let document = self.document.clone();
        (!document.is_empty()).then(|| Judge {
            // A document is a resource that stands for itself.
            alone: document.clone(),
            component: document,
            beside: Vec::new(),
            tree: Vec::new(),
            document: Vec::new(),
            ..self.clone()
        })
    }

    /// The controls that take part and that nothing was a subject of, with the name of the pack.
    pub(crate) fn idle<'a>(&'a self, judged: &'a Judged) -> impl Iterator<Item = (&'a str, &'a str)> {
        let idle = self.taken().filter(|it| !judged.applied.contains(&it.id));
        idle.map(|it| (self.plugin.manifest.name.as_str(), &*it.id))
    }

    /// Whether it came with the program.
    pub(crate) fn is_built_in(&self) -> bool {
        self.plugin.built_in
    }

    /// Whether some control of the pack is for resources of a kind, by name.
    pub(crate) fn names(&self, kind: &str) -> bool {
        self.speaks.by_kind.contains_key(kind)
    }

    /// All controls of the pack.
    pub(crate) fn known(&self) -> &[Control] {
        &self.controls
    }

    fn controls<'a>(&'a self, enabled: &'a [u32]) -> impl Iterator<Item = &'a Control> {
        enabled.iter().filter_map(|index| self.controls.get(*index as usize))
    }

    /// The resources of a batch that some of these controls judge.
    fn subjects(&self, enabled: &[u32], batch: &Batch) -> Vec<u32> {
        rows(batch).filter(|(_, it)| self.judges(enabled, *it)).map(|(row, _)| row).collect()
    }

    /// The resources of a batch that some of these controls want to see, as subjects or beside them.
    fn wanted(&self, enabled: &[u32], batch: &Batch) -> BTreeSet<u32> {
        let wants = |it| self.judges(enabled, it) || self.looks_at(enabled, it);
        rows(batch).filter(|(_, it)| wants(*it)).map(|(row, _)| row).collect()
    }

    /// Whether some of these controls want to see a resource beside their subjects.
    fn looks_at(&self, enabled: &[u32], resource: ResourceView<'_>) -> bool {
        self.speaks.beside(resource).any(|index| enabled.binary_search(&index).is_ok())
    }

    fn judges(&self, enabled: &[u32], resource: ResourceView<'_>) -> bool {
        self.judging(enabled, resource).next().is_some()
    }

    /// Which of these controls judge a resource; one that does for several reasons comes several times.
    fn judging(&self, enabled: &[u32], resource: ResourceView<'_>) -> impl Iterator<Item = u32> {
        self.speaks.about(resource).filter(move |index| {
            enabled.binary_search(index).is_ok()
                && self.controls.get(*index as usize).is_some_and(|it| understands(it, resource))
        })
    }

    /// One call, or what it gave in an earlier scan of the same.
    async fn judgement(
        &self,
        request: &JudgeRequest<'_>,
        matter: Matter<'_>,
        terms: Terms<'_>,
    ) -> Result<Judgement, Fault> {
        let (plugin, on) = (&self.plugin.manifest.name, matter.on);
        let known = terms.session.zip(matter.digest).map(|(session, batch)| {
            let (plugin, pack) = (&*self.plugin, &self.pack);
            (session, JudgeCall { plugin, pack, request, batch, part: matter.part })
        });
        if let Some(judgement) = known.and_then(|(session, call)| session.judged(call)) {
            (terms.observer)(Event::Known { plugin, call: "judge", on });
            return Ok(judgement);
        }
        let call = self.pack.judge(*request, self.controls.len()).await;
        (terms.observer)(Event::Called {
            plugin,
            call: "judge",
            on,
            usage: call.usage,
            fault: call.result.as_ref().err(),
            log: &call.log,
        });
        if let (Some((session, asked)), Ok(judgement)) = (known, &call.result) {
            session.keep_judged(asked, judgement);
        }
        call.result
    }

    async fn ask(&self, matter: Matter<'_>, enabled: &[u32], terms: Terms<'_>) -> Judged {
        self.ask_within(matter, enabled, terms, &mut 0).await
    }

    /// The same, after so many calls of it that failed.
    async fn ask_within(
        &self,
        matter: Matter<'_>,
        enabled: &[u32],
        terms: Terms<'_>,
        failures: &mut u32,
    ) -> Judged {
        let Matter { batch, on, .. } = matter;
        let mut judged = Judged::default();
        let subjects = self.subjects(enabled, batch);
        if subjects.is_empty() {
            return judged;
        }
        let request = JudgeRequest {
            batch,
            subjects: &subjects,
            enabled,
            parameters: &self.parameters,
            environment: terms.environment,
            list_passed: terms.list_passed,
            moment: terms.moment,
        };
        let name = &self.plugin.manifest.name;
        match self.judgement(&request, matter, terms).await {
            Ok(judgement) => {
                judged.passed = judgement.passed.iter().map(|count| u64::from(*count)).sum();
                let passing = enabled.iter().zip(&judgement.passed).filter(|(_, count)| **count > 0);
                let applied = passing.map(|(control, _)| *control);
                let applied = applied.chain(judgement.outcomes.iter().map(|it| it.control));
                let applied = applied.filter_map(|control| self.controls.get(control as usize));
                judged.applied = applied.map(|control| Arc::clone(&control.id)).collect();
                (judged.findings, judged.used) =
                    finding::findings(batch, &self.controls, &judgement, terms.notes, terms.today);
                // What a pack calls an error is work that it did not do.
                let (errors, remarks) =
                    judgement.diagnostics.into_iter().partition::<Vec<_>, _>(|it| it.level == Level::Error);
                judged.diagnostics = remarks;
                judged.errors.extend(errors.into_iter().map(|it| PluginError {
                    plugin: name.clone(),
                    path: it.path,
                    reason: it.message,
                }));
            }
            Err(fault) if enabled.len() > 1 && is_of_a_control(&fault) && *failures < MOST_FAILURES => {
                *failures += 1;
                // One control makes its neighbours fail: halves are asked until it is alone.
                let (one, other) = enabled.split_at(enabled.len() / 2);
                for half in [one, other] {
                    judged.add(Box::pin(self.ask_within(matter, half, terms, failures)).await);
                }
            }
            Err(fault) => {
                let controls =
                    |resource| self.judging(enabled, resource).collect::<BTreeSet<u32>>().len() as u64;
                judged.unjudged = subjects.iter().filter_map(|row| batch.resource(*row)).map(controls).sum();
                judged.errors.push(PluginError {
                    plugin: name.clone(),
                    path: on.to_owned(),
                    reason: fault.to_string(),
                });
            }
        }
        judged
    }
}

/// Judges one unit with every control that sees no more than a component.
pub(crate) async fn judge(
    judges: &[Judge],
    batch: &Batch,
    digest: Option<Digest>,
    on: &str,
    terms: Terms<'_>,
) -> Judged {
    let mut judged = Judged::default();
    if batch.resources.is_empty() {
        return judged;
    }
    let whole = Matter { batch, on, digest, part: "" };
    if batch.weight() <= CHUNK {
        for judge in judges {
            judged.add(judge.ask(whole, &judge.component, terms).await);
        }
        return judged;
    }
    for (number, rows) in batch.chunks(CHUNK).into_iter().enumerate() {
        let (batch, part) = (&batch.extract(&rows), &format!("{number} of {CHUNK} bytes"));
        for judge in judges {
            judged.add(judge.ask(Matter { batch, part, ..whole }, &judge.alone, terms).await);
        }
    }
    // What lies beside a resource may be named without being referred to (`bucket = "logs"`), or not be known:
    // whoever looks for it gets everything of the kinds that it asks for.
    for judge in judges.iter().filter(|it| !it.beside.is_empty()) {
        let batch = &batch.extract(&judge.wanted(&judge.beside, batch));
        judged.add(judge.ask(Matter { batch, part: "beside", ..whole }, &judge.beside, terms).await);
    }
    judged
}

/// The same for files that stand each for itself, several of which were parsed together: what a control looks for
/// beside a resource is looked for in the file of the resource only.
pub(crate) async fn judge_apart(
    judges: &[Judge],
    batch: &Batch,
    digest: Option<Digest>,
    on: &str,
    terms: Terms<'_>,
) -> Judged {
    let mut judged = Judged::default();
    for it in judges {
        let with: BTreeSet<u32> = rows(batch)
            .zip(&batch.resources)
            .filter(|((_, resource), _)| it.looks_at(&it.beside, *resource))
            .map(|(_, row)| row.document)
            .collect();
        if with.is_empty() {
            judged.add(judge(std::slice::from_ref(it), batch, digest, on, terms).await);
            continue;
        }
        let mut files = BTreeMap::<Option<u32>, BTreeSet<u32>>::new();
        for (row, resource) in (0u32..).zip(&batch.resources) {
            let file = Some(resource.document).filter(|document| with.contains(document));
            files.entry(file).or_default().insert(row);
        }
        for rows in files.into_values() {
            let part = batch.extract(&rows);
            let digest = digest.map(|_| Session::digest(&part));
            judged.add(judge(std::slice::from_ref(it), &part, digest, on, terms).await);
        }
    }
    judged
}

/// What the tree-wide controls want of a unit, if there are any.
pub(crate) fn for_the_tree(judges: &[Judge], batch: &Batch) -> Option<Batch> {
    let rows: BTreeSet<u32> =
        judges.iter().filter(|it| !it.tree.is_empty()).flat_map(|it| it.wanted(&it.tree, batch)).collect();
    (!rows.is_empty()).then(|| batch.extract(&rows))
}

/// Judges the tree with the controls that see all of it.
pub(crate) async fn judge_tree(judges: &[Judge], batch: &Batch, terms: Terms<'_>) -> Judged {
    let mut judged = Judged::default();
    if judges.iter().all(|it| it.tree.is_empty()) {
        return judged;
    }
    let digest = terms.session.map(|_| Session::digest(batch));
    for judge in judges.iter().filter(|it| !it.tree.is_empty()) {
        let whole = Matter { batch, on: "", digest, part: "tree" };
        judged.add(judge.ask(whole, &judge.tree, terms).await);
    }
    judged
}
