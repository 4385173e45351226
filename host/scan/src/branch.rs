//! Decides unknown outcomes from both branches of a condition that cannot be known.
//!
//! If a control and a resource are violated in both branches, the outcome is a violation; if they pass in both, it is a
//! pass. Otherwise it stays unknown, and the message names the branch in which it would be a violation.

use std::collections::{BTreeMap, BTreeSet};

use palisade_domain::{Finding, FindingStatus};

use crate::judge::Judged;
use crate::merge::{Pair, pair};

/// Findings of a branch by control and resource.
fn by_pair(judged: &Judged) -> BTreeMap<Pair, Vec<&Finding>> {
    let mut all = BTreeMap::<Pair, Vec<&Finding>>::new();
    for it in &judged.findings {
        all.entry(pair(it)).or_default().push(it);
    }
    all
}

/// Whether a status is a violation, suppressed or not.
fn violates(status: FindingStatus) -> bool {
    matches!(status, FindingStatus::Failed | FindingStatus::Suppressed)
}

/// The status of a control and a resource; none if it is unknown.
fn decided(findings: Option<&Vec<&Finding>>) -> Option<FindingStatus> {
    let findings = findings?;
    let has = |status| findings.iter().any(|it| it.status == status);
    [FindingStatus::Failed, FindingStatus::Suppressed, FindingStatus::Unknown, FindingStatus::Passed]
        .into_iter()
        .find(|status| has(*status))
        .filter(|it| *it != FindingStatus::Unknown)
}

/// Decides unknown outcomes by the outcomes if a condition holds and if it does not. Passes are listed on request; in
/// the branches they must be listed.
pub(crate) fn branch(
    judged: &mut Judged,
    condition: &str,
    [then, otherwise]: [&Judged; 2],
    list_passed: bool,
) {
    let (yes, no) = (by_pair(then), by_pair(otherwise));
    // A control that is violated in both branches needs no decision.
    let violated: BTreeSet<Pair> =
        judged.findings.iter().filter(|it| it.status == FindingStatus::Failed).map(pair).collect();
    let mut settled = Vec::new();
    let mut seen = BTreeSet::new();
    for mut finding in std::mem::take(&mut judged.findings) {
        let pair = pair(&finding);
        let (one, other) = (yes.get(&pair), no.get(&pair));
        let (is, is_not) = (decided(one), decided(other));
        let is_open = finding.status == FindingStatus::Unknown && !violated.contains(&pair);
        if !is_open || (is.is_none() && is_not.is_none()) {
            settled.push(finding);
        } else if is.is_some_and(violates) && is_not.is_some_and(violates) {
            if seen.insert(pair) {
                let wanted = one.into_iter().flatten().filter(|it| violates(it.status));
                // A fix would apply to one branch only.
                settled.extend(wanted.map(|it| Finding { fix: None, ..(*it).clone() }));
            }
        } else if is == Some(FindingStatus::Passed) && is_not == Some(FindingStatus::Passed) {
            if seen.insert(pair) {
                judged.passed += 1;
                let passed = one.into_iter().flatten().take(1).map(|it| (*it).clone());
                settled.extend(passed.filter(|_| list_passed));
            }
        } else {
            for (branch, holds) in [(one, "holds"), (other, "does not hold")] {
                let fails = |it: &&&Finding| it.status == FindingStatus::Failed;
                if let Some(it) = branch.into_iter().flatten().find(fails) {
                    finding.message = format!("if {condition} {holds}: {}", it.message);
                    finding.cause.clone_from(&it.cause);
                    finding.location.clone_from(&it.location);
                }
            }
            settled.push(finding);
        }
    }
    judged.findings = settled;
    for it in [then, otherwise] {
        judged.used.extend(it.used.iter().cloned());
    }
}
