//! Converts outcomes, with rows and nodes, to findings, with files and lines.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use palisade_domain::tape::{Batch, NONE, Node, Origin, ResourceView};
use palisade_domain::{
    Cause, Control, Finding, FindingStatus, Found, Judgement, Outcome, ResourceRef, fingerprint, mask,
};

use crate::content::content;
use crate::fix::{Uses, offered};
use crate::location::location;
use crate::needs::lineage;
use crate::suppress::{NotePlace, Notes};

/// The longest chain of causes that is listed.
const MAX_CAUSES: usize = 32;

fn causes(batch: &Batch, of: Option<Origin>, related: &[u32]) -> Vec<Cause> {
    let cause = |origin: Origin| {
        let at = location(batch, origin);
        Cause {
            path: at.path,
            start: at.start,
            end: at.end,
            note: mask(batch.text(origin.note)).into_owned(),
        }
    };
    let mut causes = Vec::new();
    let mut parent = of.map_or(NONE, |origin| origin.parent);
    while let Some(origin) = batch.origins.get(parent).filter(|_| causes.len() < MAX_CAUSES) {
        causes.push(cause(origin));
        parent = origin.parent;
    }
    let others = related.iter().filter_map(|index| Node::new(batch, *index).shown_at());
    causes.extend(others.take(MAX_CAUSES).map(cause));
    causes
}

fn resource_ref(batch: &Batch, resource: ResourceView<'_>, instance: &str, content: String) -> ResourceRef {
    ResourceRef {
        address: resource.address().to_owned(),
        kind: resource.kind().to_owned(),
        provider: resource.provider().to_owned(),
        format: resource.format().to_owned(),
        instance: instance.to_owned(),
        location: resource.origin().map(|origin| location(batch, origin)),
        content,
    }
}

fn finding(
    batch: &Batch,
    control: &Control,
    resource: ResourceView<'_>,
    content: String,
    status: FindingStatus,
    outcome: Option<&Outcome>,
) -> Finding {
    let instance = outcome.map_or("", |it| it.instance.as_str());
    let node = outcome.filter(|it| it.node != NONE).map(|it| Node::new(batch, it.node));
    let at = node.and_then(|it| it.shown_at());
    let header = resource.origin();
    let related = outcome.map_or(&[][..], |it| &it.related_nodes);
    Finding {
        control: Arc::clone(&control.id),
        aliases: Arc::clone(&control.aliases),
        title: Arc::clone(&control.title),
        severity: control.severity,
        status,
        new: true,
        location: at.or(header).map(|origin| location(batch, origin)),
        cause: causes(batch, at, related),
        environments: Vec::new(),
        fingerprint: fingerprint(&control.id, resource.address(), instance, &lineage(resource.path())),
        message: outcome.map(|it| mask(&it.message).into_owned()).unwrap_or_default(),
        remediation: control.docs.remedy(resource.format()),
        change_impact: Arc::clone(&control.docs.impact),
        fix: None,
        policies: Arc::clone(&control.policies),
        suppression: None,
        resource: resource_ref(batch, resource, instance, content),
    }
}

/// The findings of a judgement, and the notes that suppressed some of them.
pub(crate) fn findings(
    batch: &Batch,
    controls: &[Control],
    judgement: &Judgement,
    notes: &Notes,
    today: Date,
) -> (Vec<Finding>, BTreeSet<NotePlace>) {
    let mut used = BTreeSet::new();
    // Many controls have findings for the same resource.
    let contents = RefCell::new(BTreeMap::<u32, String>::new());
    let reference = |resource: ResourceView<'_>| {
        contents.borrow_mut().entry(resource.row()).or_insert_with(|| content(resource)).clone()
    };
    let uses = Uses::default();
    let pair = |control: u32, row: u32| Some((controls.get(control as usize)?, batch.resource(row)?));
    let outcomes = judgement.outcomes.iter().filter_map(|outcome| {
        let (control, resource) = pair(outcome.control, outcome.resource)?;
        let status = match outcome.kind {
            Found::Failed => FindingStatus::Failed,
            Found::Unknown => FindingStatus::Unknown,
        };
        let mut finding = finding(batch, control, resource, reference(resource), status, Some(outcome));
        finding.fix = offered(batch, control, outcome, &uses);
        let node = (outcome.node != NONE).then(|| Node::new(batch, outcome.node));
        used.extend(notes.accept(&mut finding, resource, node, today));
        Some(finding)
    });
    let passes = judgement.passes.iter().filter_map(|(control, row)| {
        let (control, resource) = pair(*control, *row)?;
        Some(finding(batch, control, resource, reference(resource), FindingStatus::Passed, None))
    });
    let findings = outcomes.chain(passes).collect();
    (findings, used)
}

/// Numbers the findings of each fingerprint, from 1, in the order of units.
#[derive(Default)]
pub(crate) struct Numbers(HashMap<u64, u32>);

/// A short form of a fingerprint: its first digits.
pub(crate) fn short(fingerprint: &str) -> u64 {
    fingerprint.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

impl Numbers {
    /// The number of the next finding.
    pub(crate) fn next(&mut self, finding: &Finding) -> u32 {
        self.count(short(&finding.fingerprint))
    }

    /// Counts findings that are not listed, by their short fingerprints.
    pub(crate) fn skip(&mut self, findings: &[u64]) {
        for it in findings {
            self.count(*it);
        }
    }

    fn count(&mut self, fingerprint: u64) -> u32 {
        let count = self.0.entry(fingerprint).or_insert(0);
        *count += 1;
        *count
    }
}

/// A finding with its number among those of its fingerprint.
#[derive(Clone)]
pub(crate) struct Numbered {
    pub(crate) finding: Finding,
    pub(crate) number: u32,
}

/// Gives findings that would share a fingerprint (two containers of one name) their own fingerprints.
pub(crate) fn with_own_fingerprints(findings: Vec<Numbered>) -> Vec<Finding> {
    let own = |Numbered { mut finding, number }: Numbered| {
        if number > 1 {
            finding.fingerprint = fingerprint(&finding.fingerprint, "", &number.to_string(), "");
        }
        finding
    };
    findings.into_iter().map(own).collect()
}
