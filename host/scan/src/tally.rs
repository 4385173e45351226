//! Counts of a unit that is the same before and after a change, and the data that the report of all units needs.

use std::collections::HashMap;
use std::sync::Arc;

use palisade_domain::{Coverage, FindingStatus, Status, count};
use palisade_source::Digest;
use serde::{Deserialize, Serialize};

use crate::claim::Claimed;
use crate::finding::short;
use crate::looks::Looks;
use crate::process::UnitResult;
use crate::suppress::NotePlace;

/// The counts of a unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Places of the tree that it depends on.
    pub(crate) looks: Looks,
    pub(crate) coverage: Vec<Coverage>,
    pub(crate) counts: palisade_domain::Unchanged,
    /// Resources that no control judges, by format and kind.
    pub(crate) uncovered: Vec<((String, String), u64)>,
    /// Notes of authors that suppressed a finding.
    pub(crate) used: Vec<NotePlace>,
    /// Ids of controls that had a subject.
    pub(crate) applied: Vec<String>,
    /// Short fingerprints of its findings, in the order of the unit.
    pub(crate) findings: Vec<u64>,
}

impl Tally {
    /// The counts of a unit; none if they may differ next time, or if controls of the whole tree need its resources.
    pub(crate) fn of(unit: &UnitResult) -> Option<Tally> {
        let judged = &unit.judged;
        let is_whole = unit.errors.is_empty() && judged.errors.is_empty() && judged.unjudged == 0;
        let is_kept = unit.kept.iter().flat_map(|it| &it.readings).any(|it| !it.resources.is_empty());
        if !is_whole || is_kept || !unit.looks.is_complete() {
            return None;
        }
        let (outcomes, failed_by_severity) = count(&judged.findings, judged.passed);
        let files = unit.coverage.iter().filter(|it| it.status != Status::Ignored).count() as u64;
        let listed = judged.findings.iter().filter(|it| it.status != FindingStatus::Passed);
        Some(Tally {
            looks: unit.looks.clone(),
            coverage: unit.coverage.clone(),
            counts: palisade_domain::Unchanged {
                files,
                resources: unit.resources,
                outcomes,
                failed_by_severity,
            },
            uncovered: unit.uncovered.iter().map(|(kind, count)| (kind.clone(), *count)).collect(),
            used: judged.used.iter().cloned().collect(),
            applied: judged.applied.iter().map(ToString::to_string).collect(),
            findings: listed.map(|it| short(&it.fingerprint)).collect(),
        })
    }
}

/// Units that a change does not affect.
#[derive(Default)]
pub(crate) struct Unchanged(HashMap<Digest, Arc<Tally>>);

impl Unchanged {
    /// The counts of a unit, if it is unchanged.
    pub(crate) fn of(&self, unit: &Claimed) -> Option<&Arc<Tally>> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&unit.key()?)
    }

    pub(crate) fn add(&mut self, unit: Digest, tally: Arc<Tally>) {
        self.0.insert(unit, tally);
    }
}
