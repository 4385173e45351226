//! Merges results: of environments, of readings, and of a configuration and its plans.
//!
//! - Findings are the same when their fingerprints are; several of one fingerprint in one environment are matched
//!   in the order of the report. The worst status counts (failed, then unknown, then passed); everything else is
//!   that of the first environment that has it, and `environments` names all that do.
//! - A control passes on a resource only where it neither fails nor stays unknown in any environment.
//! - Outcomes that a pack had to judge and did not: the largest number of any environment counts.
//! - A finding that a configuration and its plans share is listed once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use palisade_domain::{Finding, FindingStatus, fingerprint};

use crate::finding::Numbered;
use crate::judge::Judged;
use crate::needs::lineage;

/// Rank of a status; the highest is the worst.
fn rank(status: FindingStatus) -> u8 {
    match status {
        FindingStatus::Passed => 0,
        FindingStatus::Suppressed => 1,
        FindingStatus::Unknown => 2,
        FindingStatus::Failed => 3,
    }
}

/// Control, address and file of a finding, without its instance.
pub(crate) type Pair = (Arc<str>, String, Option<String>);

pub(crate) fn pair(finding: &Finding) -> Pair {
    let file = finding.resource.location.as_ref().map(|it| it.path.clone());
    (finding.control.clone(), finding.resource.address.clone(), file)
}

fn merge_findings(all: Vec<(String, Vec<Finding>)>) -> Vec<Finding> {
    // Fingerprint and number among the findings that share it, and index in the merged findings.
    let mut places = BTreeMap::<(String, u32), usize>::new();
    let mut merged: Vec<Finding> = Vec::new();
    for (name, mut findings) in all {
        findings.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
        let mut counts = BTreeMap::<String, u32>::new();
        for mut finding in findings {
            finding.environments = vec![name.clone()];
            let count = counts.entry(finding.fingerprint.clone()).or_default();
            *count += 1;
            let place = *places.entry((finding.fingerprint.clone(), *count)).or_insert(merged.len());
            match merged.get_mut(place) {
                None => merged.push(finding),
                Some(known) if rank(known.status) < rank(finding.status) => *known = finding,
                Some(known) if known.status == finding.status => {
                    known.environments.push(name.clone());
                    // The fix for one environment leaves the violation in others.
                    if known.fix != finding.fix {
                        known.fix = None;
                    }
                }
                Some(_) => {}
            }
        }
    }
    for finding in &mut merged {
        finding.environments.sort();
        finding.environments.dedup();
    }
    merged
}

/// Merges the results of all environments; passes must be listed.
pub(crate) fn merge(all: Vec<(String, Judged)>) -> Judged {
    let mut whole = Judged::default();
    let mut findings = Vec::new();
    for (name, judged) in all {
        findings.push((name, judged.findings));
        whole.unjudged = whole.unjudged.max(judged.unjudged);
        whole.diagnostics.extend(judged.diagnostics);
        whole.errors.extend(judged.errors);
        whole.used.extend(judged.used);
        whole.applied.extend(judged.applied);
    }
    whole.diagnostics.sort();
    whole.diagnostics.dedup();
    whole.errors.sort();
    whole.errors.dedup();
    let mut findings = merge_findings(findings);
    let bad: BTreeSet<_> =
        findings.iter().filter(|it| it.status != FindingStatus::Passed).map(pair).collect();
    findings.retain(|it| it.status != FindingStatus::Passed || !bad.contains(&pair(it)));
    whole.passed = findings.iter().filter(|it| it.status == FindingStatus::Passed).count() as u64;
    whole.findings = findings;
    whole
}

/// Merges the readings of a unit. A violation in one reading is a violation; its causes show which one.
pub(crate) fn unite(mut all: Vec<Judged>) -> Judged {
    if all.len() < 2 {
        return all.pop().unwrap_or_default();
    }
    let mut whole = merge(all.into_iter().map(|it| (String::new(), it)).collect());
    whole.findings.iter_mut().for_each(|it| it.environments.clear());
    whole
}

/// The identity of a finding in the file that declares its resource. A resource of a plan belongs to another document,
/// the plan, and is reported in its configuration.
fn declared_identity(finding: &Finding) -> Option<String> {
    let (resource, file) = (&finding.resource, finding.resource.location.as_ref()?);
    Some(fingerprint(&finding.control, &resource.address, &resource.instance, &lineage(&file.path)))
}

/// Whether two findings with different fingerprints may have the same identity in the file that declares their
/// resource. Never true for a report without plans and links.
fn has_twins(findings: &[Numbered]) -> bool {
    let mut known = HashMap::with_capacity(findings.len());
    findings.iter().any(|Numbered { finding: it, .. }| {
        let resource = &it.resource;
        // Without a location, the declaring file is unknown.
        let Some(file) = &resource.location else { return true };
        let path = lineage(&file.path);
        let declared = (&*it.control, resource.address.as_str(), resource.instance.as_str(), path);
        *known.entry(declared).or_insert(&it.fingerprint) != &it.fingerprint
    })
}

/// Merges findings that a configuration and its plans share, in the order of the report. Several findings of one
/// fingerprint are matched by their numbers. The worst status counts; if they are equal, the finding of the
/// configuration is kept, and its fingerprint is kept in any case.
pub(crate) fn merge_plans(findings: Vec<Numbered>) -> Vec<Numbered> {
    if !has_twins(&findings) {
        return findings;
    }
    let mut places = HashMap::<(String, u32), usize>::new();
    let mut merged: Vec<Numbered> = Vec::with_capacity(findings.len());
    for Numbered { mut finding, number } in findings {
        let identity = declared_identity(&finding).unwrap_or_else(|| finding.fingerprint.clone());
        let is_declared = finding.fingerprint == identity;
        let place = *places.entry((identity.clone(), number)).or_insert(merged.len());
        let Some(Numbered { finding: known, .. }) = merged.get_mut(place) else {
            merged.push(Numbered { finding, number });
            continue;
        };
        let was_declared = known.fingerprint == identity;
        let fingerprint = if is_declared { identity } else { known.fingerprint.clone() };
        let is_worse = rank(finding.status) > rank(known.status);
        if is_worse || (finding.status == known.status && is_declared && !was_declared) {
            if finding.environments.is_empty() {
                finding.environments = std::mem::take(&mut known.environments);
            }
            *known = finding;
        }
        known.fingerprint = fingerprint;
    }
    merged.sort_by(|one, other| one.finding.sort_key().cmp(&other.finding.sort_key()));
    merged
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use palisade_domain::{Location, Position, ResourceRef, Severity, fingerprint};

    use super::*;
    use crate::finding::Numbers;

    /// Findings of one environment, each `status control address instance line`.
    fn judged(findings: &[&str]) -> Judged {
        let finding = |text: &&str| {
            let parts: Vec<&str> = text.split(' ').collect();
            let [status, control, address, instance, line] = parts[..] else { panic!("{text}") };
            let at = Position { line: line.parse().unwrap(), column: 1 };
            let location = Some(Location { path: "main.tf".to_owned(), start: at, end: at });
            Finding {
                control: control.into(),
                aliases: Arc::default(),
                title: Arc::default(),
                severity: Severity::High,
                status: match status {
                    "failed" => FindingStatus::Failed,
                    "unknown" => FindingStatus::Unknown,
                    _ => FindingStatus::Passed,
                },
                new: true,
                resource: ResourceRef {
                    address: address.to_owned(),
                    kind: String::new(),
                    provider: String::new(),
                    format: String::new(),
                    instance: instance.to_owned(),
                    location: location.clone(),
                    content: String::new(),
                },
                location,
                cause: Vec::new(),
                environments: Vec::new(),
                fingerprint: fingerprint(control, address, instance, "main.tf"),
                message: String::new(),
                remediation: Arc::default(),
                change_impact: Arc::default(),
                fix: None,
                policies: Arc::default(),
                suppression: None,
            }
        };
        Judged { findings: findings.iter().map(finding).collect(), unjudged: 2, ..Judged::default() }
    }

    #[test]
    fn one_finding_names_its_environments() {
        let merged = merge(vec![
            (
                "prod".to_owned(),
                judged(&[
                    "failed c a x 1",
                    "failed c b x 3",
                    "failed c b x 2",
                    "unknown d a x 1",
                    "passed e a - 1",
                    "passed f a - 1",
                    "passed g a - 1",
                    "unknown h a x 4",
                ]),
            ),
            (
                "dev".to_owned(),
                judged(&[
                    "failed c a x 9",
                    "failed c b x 2",
                    "failed d a x 8",
                    "failed e a y 1",
                    "unknown f a z 1",
                    "passed g a - 1",
                    "passed i a - 1",
                ]),
            ),
        ]);
        let mut lines: Vec<String> = merged
            .findings
            .iter()
            .map(|it| {
                let line = it.location.as_ref().unwrap().start.line;
                let names = it.environments.join(",");
                format!("{:?} {} {}:{line} {names}", it.status, it.control, it.resource.address)
            })
            .collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "Failed c a:1 dev,prod",
                "Failed c b:2 dev,prod",
                "Failed c b:3 prod",
                "Failed d a:8 dev",
                "Failed e a:1 dev",
                "Passed g a:1 dev,prod",
                "Passed i a:1 dev",
                "Unknown f a:1 dev",
                "Unknown h a:4 prod",
            ]
        );
        assert_eq!((merged.passed, merged.unjudged), (2, 2));
    }

    #[test]
    fn a_configuration_and_its_plans_have_one_finding() {
        let of_plan = |path: &str, findings: &[&str]| {
            let mut judged = judged(findings).findings;
            for it in &mut judged {
                let resource = &it.resource;
                it.fingerprint = fingerprint(&it.control, &resource.address, &resource.instance, path);
                it.message = path.to_owned();
            }
            judged
        };
        let configuration =
            ["failed c a x 1", "failed c a x 2", "unknown d a x 1", "failed e a x 1", "failed f a x 1"];
        let plan =
            ["failed c a x 1", "failed d a x 9", "unknown e a x 1", "failed f b x 1", "failed g a x 1"];
        let other = ["failed g a x 1", "failed c a x 1", "failed c a x 2", "failed c a x 3"];
        let mut all = judged(&configuration).findings;
        all.extend(of_plan("plan.json", &plan));
        all.extend(of_plan("other.json", &other));
        let expected = [
            "Failed c a:1 main.tf",
            "Failed c a:2 main.tf",
            "Failed c a:3 other.json",
            "Failed d a:9 main.tf",
            "Failed e a:1 main.tf",
            "Failed f a:1 main.tf",
            "Failed f b:1 plan.json",
            "Failed g a:1 other.json",
        ];
        // The order of the units makes no difference.
        for reversed in [false, true] {
            let mut findings = all.clone();
            if reversed {
                findings.reverse();
            }
            findings.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
            let line = |it: &Finding| {
                let file = ["main.tf", "plan.json", "other.json"].into_iter().find(|file| {
                    let resource = &it.resource;
                    it.fingerprint == fingerprint(&it.control, &resource.address, &resource.instance, file)
                });
                let line = it.location.as_ref().unwrap().start.line;
                format!("{:?} {} {}:{line} {}", it.status, it.control, it.resource.address, file.unwrap())
            };
            let mut numbers = Numbers::default();
            let numbered = findings.into_iter().map(|finding| {
                let number = numbers.next(&finding);
                Numbered { finding, number }
            });
            let merged = merge_plans(numbered.collect());
            let mut found: Vec<String> = merged.iter().map(|it| line(&it.finding)).collect();
            found.sort();
            assert_eq!(found, expected, "{reversed}");
        }
    }
}
