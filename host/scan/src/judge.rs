//! Judges resources with the packs whose controls apply to them.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use palisade_capabilities::Moment;
use palisade_catalog::{Admitted, Catalog, Role};
use palisade_domain::tape::Batch;
use palisade_domain::{Diagnostic, Finding, Judgement, Level, PluginError};
use palisade_sandbox::{Fault, JudgeRequest, Pack};
use palisade_source::Digest;
use serde::Serialize;

use crate::cache::{JudgeCall, Session};
use crate::event::{Event, Observer};
use crate::finding;
use crate::parameters::Parameters;
use crate::plan::{Asked, Call};
use crate::selection::Selection;
use crate::suppress::{NotePlace, Notes};

/// Result of judging.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub(crate) findings: Vec<Finding>,
    pub(crate) passed: u64,
    /// Controls × resources that a pack had to judge and did not.
    pub(crate) unjudged: u64,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) errors: Vec<PluginError>,
    /// Notes of authors that suppressed a finding.
    pub(crate) used: BTreeSet<NotePlace>,
    /// Ids of controls that had a subject.
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

/// A pack and its enabled controls.
#[derive(Clone)]
pub(crate) struct Judge {
    plugin: Admitted,
    pack: Pack,
    asked: Asked,
    parameters: Vec<(String, String)>,
}

/// Options of judging.
#[derive(Clone, Copy)]
pub(crate) struct JudgeOptions<'a> {
    pub(crate) list_passed: bool,
    pub(crate) moment: Moment,
    /// The same as a date, which decides expiries.
    pub(crate) today: Date,
    /// Suppressions of the authors.
    pub(crate) notes: &'a Notes,
    /// The environment's name; empty for the default one.
    pub(crate) environment: &'a str,
    pub(crate) observer: &'a Observer,
    pub(crate) session: Option<&'a Session>,
}

/// The most failed calls whose controls are halved and judged again: enough to find two faulty controls among a
/// thousand.
const MOST_FAILURES: u32 = 24;

/// Whether a fault may come from one control, so that the others are worth a call of their own.
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

/// The judged resources.
#[derive(Clone, Copy)]
struct BatchPart<'a> {
    batch: &'a Batch,
    /// The unit, for messages; empty for the tree.
    on: &'a str,
    /// Digest of the whole batch, if there is a cache.
    digest: Option<Digest>,
    /// Name of the part; empty for the whole batch.
    part: &'a str,
}

/// The judges of a catalog.
pub(crate) fn judges(catalog: &Catalog, selection: &Selection, set: &Parameters) -> Vec<Judge> {
    let mut judges = Vec::new();
    for plugin in catalog.plugins() {
        let Role::Pack { pack, info } = &plugin.role else { continue };
        let parameters = info
            .controls
            .iter()
            .flat_map(|control| {
                control
                    .parameters
                    .iter()
                    .map(|it| (format!("{}.{}", control.id, it.name), set.value(&control.id, it)))
            })
            .collect();
        judges.push(Judge {
            plugin: plugin.clone(),
            pack: pack.clone(),
            asked: Asked::new(info.controls.clone(), |control| selection.takes(control)),
            parameters,
        });
    }
    judges
}

/// The judges of whole documents.
pub(crate) fn of_documents(judges: &[Judge]) -> Vec<Judge> {
    let of_documents = |it: &Judge| Some(Judge { asked: it.asked.of_documents()?, ..it.clone() });
    judges.iter().filter_map(of_documents).collect()
}

impl Judge {
    /// The enabled controls.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The enabled controls without a subject, with the name of the pack.
    pub(crate) fn idle<'a>(&'a self, judged: &'a Judged) -> impl Iterator<Item = (&'a str, &'a str)> {
        let idle = self.asked.taken().filter(|it| !judged.applied.contains(&it.id));
        idle.map(|it| (self.plugin.manifest.name.as_str(), &*it.id))
    }

    /// What its findings depend on, besides the resources and its plugin.
    pub(crate) fn key(&self) -> impl Serialize {
        let controls: Vec<String> = self.asked.taken().map(|it| it.id.to_string()).collect();
        let (limits, settings) = (format!("{:?}", self.pack.limits()), self.pack.settings().0.clone());
        (self.plugin.manifest.name.clone(), limits, settings, controls, self.parameters.clone())
    }

    /// Whether it is part of the program.
    pub(crate) fn is_built_in(&self) -> bool {
        self.plugin.built_in
    }

    /// One call, or its answer in an earlier scan.
    async fn judgement(
        &self,
        request: &JudgeRequest<'_>,
        batch_part: BatchPart<'_>,
        options: JudgeOptions<'_>,
    ) -> Result<Judgement, Fault> {
        let (plugin, on) = (&self.plugin.manifest.name, batch_part.on);
        let known = options.session.zip(batch_part.digest).map(|(session, batch)| {
            let (plugin, pack) = (&*self.plugin, &self.pack);
            (session, JudgeCall { plugin, pack, request, batch, part: batch_part.part })
        });
        if let Some(judgement) = known.and_then(|(session, call)| session.judged(call)) {
            (options.observer)(Event::Known { plugin, call: "judge", on });
            return Ok(judgement);
        }
        let call = self.pack.judge(*request, self.asked.known()).await;
        (options.observer)(Event::Called {
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

    async fn ask(&self, batch_part: BatchPart<'_>, enabled: &[u32], options: JudgeOptions<'_>) -> Judged {
        self.ask_within(batch_part, enabled, options, &mut 0).await
    }

    /// The same, after a number of failed calls.
    async fn ask_within(
        &self,
        batch_part: BatchPart<'_>,
        enabled: &[u32],
        options: JudgeOptions<'_>,
        failures: &mut u32,
    ) -> Judged {
        let BatchPart { batch, on, .. } = batch_part;
        let mut judged = Judged::default();
        let subjects = self.asked.subjects(enabled, batch);
        if subjects.is_empty() {
            return judged;
        }
        let request = JudgeRequest {
            batch,
            subjects: &subjects,
            enabled,
            parameters: &self.parameters,
            environment: options.environment,
            list_passed: options.list_passed,
            moment: options.moment,
        };
        let name = &self.plugin.manifest.name;
        match self.judgement(&request, batch_part, options).await {
            Ok(judgement) => {
                judged.passed = judgement.passed.iter().map(|count| u64::from(*count)).sum();
                let passing = enabled.iter().zip(&judgement.passed).filter(|(_, count)| **count > 0);
                let applied = passing.map(|(control, _)| *control);
                let applied = applied.chain(judgement.outcomes.iter().map(|it| it.control));
                let applied = applied.filter_map(|control| self.asked.control(control));
                judged.applied = applied.map(|control| Arc::clone(&control.id)).collect();
                (judged.findings, judged.used) =
                    finding::findings(batch, self.asked.known(), &judgement, options.notes, options.today);
                // A diagnostic of level error is work that the pack did not do.
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
                // One control makes the others fail: halves are judged until it is alone.
                let (one, other) = enabled.split_at(enabled.len() / 2);
                for half in [one, other] {
                    judged.add(Box::pin(self.ask_within(batch_part, half, options, failures)).await);
                }
            }
            Err(fault) => {
                let controls =
                    |resource| self.asked.judging(enabled, resource).collect::<BTreeSet<u32>>().len() as u64;
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

/// Runs one call of a plan.
async fn carry_out(judge: &Judge, call: &Call, whole: BatchPart<'_>, options: JudgeOptions<'_>) -> Judged {
    let part = call.rows.as_ref().map(|rows| whole.batch.extract(rows));
    let batch = part.as_ref().unwrap_or(whole.batch);
    judge.ask(BatchPart { batch, part: &call.part, ..whole }, &call.controls, options).await
}

/// Judges one unit with every control that needs no other unit.
pub(crate) async fn judge(
    judges: &[Judge],
    batch: &Batch,
    digest: Option<Digest>,
    (on, independent): (&str, bool),
    options: JudgeOptions<'_>,
) -> Judged {
    let mut judged = Judged::default();
    if batch.resources.is_empty() {
        return judged;
    }
    let whole = BatchPart { batch, on, digest, part: "" };
    for judge in judges {
        for call in judge.asked.of_unit(batch, independent) {
            judged.add(carry_out(judge, &call, whole, options).await);
        }
    }
    judged
}

/// The resources of a unit that controls of the whole tree need, if there are any.
pub(crate) fn for_the_tree(judges: &[Judge], batch: &Batch) -> Option<Batch> {
    let rows: BTreeSet<u32> = judges.iter().flat_map(|it| it.asked.for_the_tree(batch)).collect();
    (!rows.is_empty()).then(|| batch.extract(&rows))
}

/// Judges the tree with the controls that need all of it.
pub(crate) async fn judge_tree(judges: &[Judge], batch: &Batch, options: JudgeOptions<'_>) -> Judged {
    let mut judged = Judged::default();
    let judges = || judges.iter().filter(|it| it.asked.sees_the_tree());
    if judges().next().is_none() {
        return judged;
    }
    let digest = options.session.map(|_| Session::digest(batch));
    let whole = BatchPart { batch, on: "", digest, part: "" };
    for judge in judges() {
        judged.add(carry_out(judge, &judge.asked.of_the_tree(), whole, options).await);
    }
    judged
}
