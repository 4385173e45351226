//! Comparison of a report with an earlier one.
//!
//! A finding is the same if control, address, instance and file are the same. A finding that was moved or renamed is
//! matched by content: a resource that no longer exists in one place and appears with the same content in another, or a
//! file that no longer exists while another has its resources. Never by line alone, which changes when something above
//! it changes, and never by name alone, which a copy shares: as long as the original exists, a copy is new.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::report::not_judged;
use crate::{Finding, FindingStatus, Report, Status, SuppressionState};

/// A finding of the earlier report: the fields that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Known {
    /// Id of the control.
    pub control: String,
    /// Its status.
    pub status: FindingStatus,
    /// The resource.
    pub resource: KnownResource,
    /// The environments that had it.
    pub environments: Vec<String>,
    /// Its identity.
    pub fingerprint: String,
}

/// The resource of such a finding.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KnownResource {
    /// Address.
    pub address: String,
    /// Distinguishes several violations in one resource.
    pub instance: String,
    /// Its file; none if the report names none.
    pub location: Option<KnownPlace>,
    /// Digest of its content; empty in reports that were written before it was recorded.
    #[serde(default)]
    pub content: String,
}

/// The file of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct KnownPlace {
    /// Relative to the tree's root.
    pub path: String,
}

/// What a report is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Findings of the earlier report.
    pub findings: Vec<Known>,
    /// Files of the earlier report.
    pub files: BTreeSet<String>,
    /// Status and reason of each file; none if coverage is not compared.
    pub coverage: Option<BTreeMap<String, (Status, String)>>,
}

/// The fields by which two findings are compared, on either side.
#[derive(Clone, Copy)]
struct Side<'a> {
    control: &'a str,
    address: &'a str,
    instance: &'a str,
    path: &'a str,
    content: &'a str,
    fingerprint: &'a str,
    status: FindingStatus,
}

/// Control, address and instance, without the file.
type Identity<'a> = (&'a str, &'a str, &'a str);

impl<'a> Side<'a> {
    fn identity(&self) -> Identity<'a> {
        (self.control, self.address, self.instance)
    }
}

impl<'a> From<&'a Known> for Side<'a> {
    fn from(it: &'a Known) -> Side<'a> {
        Side {
            control: &it.control,
            address: &it.resource.address,
            instance: &it.resource.instance,
            path: it.resource.location.as_ref().map_or("", |at| at.path.as_str()),
            content: &it.resource.content,
            fingerprint: &it.fingerprint,
            status: it.status,
        }
    }
}

impl<'a> From<&'a Finding> for Side<'a> {
    fn from(it: &'a Finding) -> Side<'a> {
        Side {
            control: &it.control,
            address: &it.resource.address,
            instance: &it.resource.instance,
            path: it.resource.location.as_ref().map_or("", |at| at.path.as_str()),
            content: &it.resource.content,
            fingerprint: &it.fingerprint,
            status: it.status,
        }
    }
}

impl Baseline {
    /// The baseline that an earlier report gives.
    pub fn of(report: &Report) -> Baseline {
        let known = |it: &Finding| Known {
            control: it.control.to_string(),
            status: it.status,
            resource: KnownResource {
                address: it.resource.address.clone(),
                instance: it.resource.instance.clone(),
                location: it.resource.location.as_ref().map(|at| KnownPlace { path: at.path.clone() }),
                content: it.resource.content.clone(),
            },
            environments: it.environments.clone(),
            fingerprint: it.fingerprint.clone(),
        };
        Baseline {
            findings: report.results.iter().map(known).collect(),
            files: report.coverage.iter().map(|it| it.path.clone()).collect(),
            coverage: Some(
                report.coverage.iter().map(|it| (it.path.clone(), (it.status, it.reason.clone()))).collect(),
            ),
        }
    }
}

/// Findings of both sides, and those that are not matched yet.
struct Open<'a> {
    known: Vec<Side<'a>>,
    found: Vec<Side<'a>>,
    left_known: BTreeSet<usize>,
    left_found: BTreeSet<usize>,
    /// Index of a found finding, to that of the known one.
    pairs: BTreeMap<usize, usize>,
}

/// Indices of all findings that have not passed.
fn counting(sides: &[Side<'_>]) -> BTreeSet<usize> {
    let counts = |(_, side): &(usize, &Side<'_>)| side.status != FindingStatus::Passed;
    sides.iter().enumerate().filter(counts).map(|(index, _)| index).collect()
}

/// Identities of unmatched findings by file, without the files in `others`.
fn by_file<'a>(
    sides: &[Side<'a>],
    left: &BTreeSet<usize>,
    others: &BTreeSet<String>,
) -> BTreeMap<&'a str, BTreeSet<Identity<'a>>> {
    let mut files: BTreeMap<&str, BTreeSet<Identity<'_>>> = BTreeMap::new();
    for side in left.iter().filter_map(|index| sides.get(*index)).filter(|it| !others.contains(it.path)) {
        files.entry(side.path).or_default().insert(side.identity());
    }
    files
}

impl<'a> Open<'a> {
    /// Matches findings with the same key, one to one, in order.
    fn pass<K: Ord>(&mut self, key: impl Fn(&Side<'a>) -> Option<K>) {
        let mut by_key: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for index in self.left_known.iter().rev() {
            if let Some(key) = self.known.get(*index).and_then(&key) {
                by_key.entry(key).or_default().push(*index);
            }
        }
        for index in self.left_found.clone() {
            let Some(key) = self.found.get(index).and_then(&key) else { continue };
            if let Some(known) = by_key.get_mut(&key).and_then(Vec::pop) {
                self.pairs.insert(index, known);
                self.left_found.remove(&index);
                self.left_known.remove(&known);
            }
        }
    }

    /// Renamed files, from the new name to the old one. The old file exists only on the known side and the new file
    /// only on the found side, and they share at least half of the unmatched findings of the old file.
    fn renamed(&self, before: &BTreeSet<String>, now: &BTreeSet<String>) -> BTreeMap<&'a str, &'a str> {
        let gone = by_file(&self.known, &self.left_known, now);
        let come = by_file(&self.found, &self.left_found, before);
        let mut scores: Vec<(usize, &str, &str)> = Vec::new();
        for (old, left) in &gone {
            for (new, right) in &come {
                let shared = left.intersection(right).count();
                if shared > 0 && shared * 2 >= left.len() {
                    scores.push((shared, old, new));
                }
            }
        }
        // The largest number of shared findings first, then by name, so that the order is fixed.
        scores.sort_by(|one, other| (other.0, one.1, one.2).cmp(&(one.0, other.1, other.2)));
        let (mut olds, mut renamed) = (BTreeSet::new(), BTreeMap::new());
        for (_, old, new) in scores {
            if !renamed.contains_key(new) && olds.insert(old) {
                renamed.insert(new, old);
            }
        }
        renamed
    }
}

/// For each matched finding, by index, the index of the known finding.
fn matched(found: &[Finding], base: &Baseline, files: &BTreeSet<String>) -> BTreeMap<usize, usize> {
    let known: Vec<Side<'_>> = base.findings.iter().map(Side::from).collect();
    let found: Vec<Side<'_>> = found.iter().map(Side::from).collect();
    let (left_known, left_found) = (counting(&known), counting(&found));
    let mut open = Open { known, found, left_known, left_found, pairs: BTreeMap::new() };
    // First the same identity with the same content, then the same content elsewhere, then another content under the
    // same identity. A report that was itself compared keeps the fingerprints of its base, so names and files are
    // compared as well as fingerprints.
    open.pass(|it| Some((it.fingerprint, it.content)));
    open.pass(|it| Some((it.identity(), it.path, it.content)));
    open.pass(|it| (!it.content.is_empty()).then_some((it.control, it.instance, it.content)));
    open.pass(|it| Some(it.fingerprint));
    open.pass(|it| Some((it.identity(), it.path)));
    let renamed = open.renamed(&base.files, files);
    for side in &mut open.found {
        side.path = renamed.get(side.path).copied().unwrap_or(side.path);
    }
    open.pass(|it| Some((it.identity(), it.path)));
    open.pairs
}

/// Marks what is new against a base. A finding that is not new keeps the fingerprint of the base. Acceptances that the
/// base does not have are pending unless `accept_new`.
pub fn compare(report: &mut Report, base: &Baseline, accept_new: bool) {
    let files = report.coverage.iter().map(|it| it.path.clone()).collect();
    let pairs = matched(&report.results, base, &files);
    for (index, finding) in report.results.iter_mut().enumerate() {
        let known = pairs.get(&index).and_then(|known| base.findings.get(*known));
        // The acceptance was written for another file and another address.
        let carried = known.is_some_and(|it| {
            let path = |at: Option<&str>| at.unwrap_or_default().to_owned();
            let before = it.resource.location.as_ref().map(|at| at.path.as_str());
            let now = finding.resource.location.as_ref().map(|at| at.path.as_str());
            it.resource.address != finding.resource.address && path(before) != path(now)
        });
        let was = known.map(|it| it.status);
        if let Some(known) = known {
            finding.fingerprint.clone_from(&known.fingerprint);
        }
        if finding.status == FindingStatus::Suppressed
            && (was != Some(FindingStatus::Suppressed) || carried)
            && !accept_new
        {
            finding.status = FindingStatus::Failed;
            if let Some(suppression) = &mut finding.suppression {
                suppression.state = SuppressionState::Pending;
            }
            report.summary.outcomes.suppressed = report.summary.outcomes.suppressed.saturating_sub(1);
            report.summary.outcomes.failed += 1;
            report.summary.failed_by_severity.add(finding.severity);
        }
        let everywhere =
            known.is_some_and(|known| finding.environments.iter().all(|it| known.environments.contains(it)));
        finding.new = match (finding.status, was) {
            _ if !everywhere => true,
            // New too: an unknown outcome that became a violation, a suppressed violation that lost its suppression,
            // and a known outcome that became unknown.
            (status @ (FindingStatus::Failed | FindingStatus::Unknown), Some(was)) => was != status,
            (_, was) => was.is_none(),
        };
    }
    if let Some(before) = &base.coverage {
        for row in &mut report.coverage {
            row.compare(before.get(&row.path).map(|(status, reason)| (*status, reason.as_str())));
        }
        report.summary.not_judged = not_judged(&report.coverage);
    }
}
