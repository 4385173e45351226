//! A case judged in parts: a control must have the same outcomes in the parts in which the host passes a large unit.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Control;
use crate::control::Scope;
use crate::pack::Pack;
use crate::rule::Outcome;
use crate::tape::Batch;

use super::cases::{judge, place, word};

/// An outcome without rows: address, kind, instance, message, line.
type Seen = (String, &'static str, String, String, u32);

fn seen(batch: &Batch, outcome: &Outcome) -> Seen {
    let address = batch.resource(outcome.resource).map_or("", |it| it.address()).to_owned();
    let line = place(batch, outcome).map_or(0, |it| it.line);
    (address, word(outcome.kind), outcome.instance.clone(), outcome.message.clone(), line)
}

/// The parts of a batch that the host judges separately. A control with related kinds sees its subjects and every
/// resource of these kinds, any other control one component at a time; see `judge` in `host/scan`.
fn parts(control: &Control, batch: &Batch) -> Vec<BTreeSet<u32>> {
    if control.scope == Scope::Component && control.related.is_empty() {
        return batch.chunks(0);
    }
    let info = control.describe();
    let wanted = batch
        .resource_views()
        .filter(|it| info.start(*it).is_some() || control.related.contains(&it.kind()))
        .map(|it| it.row());
    vec![wanted.collect()]
}

/// The outcomes of a control that differ between a batch and its parts; empty if there are none.
pub(super) fn differences(pack: &Pack, control_id: &str, batch: &Batch) -> Result<String, String> {
    let control = pack.controls.iter().find(|control| control.id == control_id);
    let control = control.ok_or_else(|| format!("the pack has no control `{control_id}`"))?;
    let found = |batch: Batch| -> Result<Vec<Seen>, String> {
        let outcomes = judge(pack, control_id, batch.clone())?;
        Ok(outcomes.iter().map(|it| seen(&batch, it)).collect())
    };
    let whole = found(batch.clone())?;
    let mut apart = Vec::new();
    for rows in parts(control, batch) {
        apart.extend(found(batch.extract(&rows))?);
    }
    let mut report = String::new();
    for (these, others, where_only) in [
        (&whole, &apart, "found in the whole batch, not in its parts: is a kind missing in `related`?"),
        (&apart, &whole, "found in a part of the batch, not in the whole: is a kind missing in `related`?"),
    ] {
        for (address, kind, instance, message, line) in without(these, others) {
            let what = format!("{kind} {instance}");
            let _ = writeln!(report, "line {line}: {where_only} {address}: {}: {message}", what.trim_end());
        }
    }
    Ok(report)
}

/// The items of one list that are missing in the other; duplicates count separately.
pub(super) fn without<T: Clone + PartialEq>(these: &[T], others: &[T]) -> Vec<T> {
    let mut rest = others.to_vec();
    let mut only = Vec::new();
    for it in these {
        match rest.iter().position(|other| other == it) {
            Some(at) => drop(rest.swap_remove(at)),
            None => only.push(it.clone()),
        }
    }
    only
}

#[cfg(test)]
mod tests {
    use super::differences;
    use crate::Control;
    use crate::pack::Pack;
    use crate::rule::{Findings, Rule, Subject};
    use crate::tape::{Batch, Builder, Kind, NONE, Resource};

    fn covered(subject: &Subject<'_>, findings: &mut Findings<'_>) {
        let mut beside = subject.resource().batch().resource_views();
        if !beside.any(|it| it.kind() == "block") {
            findings.fail_whole("", "no block");
        }
    }

    static COMPLETE: Control = Control {
        id: "test-complete",
        kinds: &["bucket"],
        related: &["block"],
        rule: Rule::Coded(covered),
        ..Control::TEMPLATE
    };
    static OTHER: Control = Control { id: "test-other", related: &["policy"], ..COMPLETE };
    static ALONE: Control = Control { id: "test-alone", related: &[], ..COMPLETE };
    static PACK: Pack = Pack { title: "Test", controls: &[&COMPLETE, &OTHER, &ALONE] };

    fn batch(kinds: &[&str]) -> Batch {
        let mut builder = Builder::new();
        let document = builder.document("main.tf", "terraform");
        for kind in kinds {
            let mark = builder.open(Kind::Mapping, 0, NONE, NONE);
            let root = builder.close(mark, None);
            let kind = builder.text(kind);
            builder.resource(Resource { address: kind, kind, document, root, ..Resource::default() });
        }
        builder.finish()
    }

    #[test]
    fn a_control_that_does_not_name_what_it_reads_differs() {
        let cases: [(&str, &[&str], bool); 5] = [
            ("test-complete", &["bucket", "block"], true),
            ("test-complete", &["bucket"], true),
            ("test-other", &["bucket", "block"], false),
            ("test-alone", &["bucket", "block"], false),
            ("test-alone", &["bucket"], true),
        ];
        for (id, kinds, equal) in cases {
            let report = differences(&PACK, id, &batch(kinds)).unwrap();
            assert_eq!(report.is_empty(), equal, "{id} {kinds:?}: {report}");
        }
    }
}
