//! Comparison of a report with its base.

use std::collections::BTreeMap;

use palisade_domain::{Baseline, Coverage, Gate, Report, Status, Summary};
use palisade_source::{Digest, Snapshot, TreePath};

use crate::assemble::finish;

/// What a report is compared with.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// Its findings and files.
    pub baseline: &'a Baseline,
    /// The commit, or the digest of a saved report.
    pub name: &'a str,
    /// The trees after and before the change, if there are two.
    pub trees: Option<[&'a dyn Snapshot; 2]>,
}

/// Compares a report with its base, and completes it.
pub fn compare(mut report: Report, base: Base<'_>, accept_new: bool, gate: Gate) -> Report {
    compare_with(&mut report, base, accept_new, gate);
    finish(report)
}

/// Compares a report with its base: see [`palisade_domain::compare`]. A file that no longer exists while its content is
/// ignored under another name is reported under its old one.
pub(crate) fn compare_with(report: &mut Report, base: Base<'_>, accept_new: bool, gate: Gate) {
    if let Some([head, before]) = base.trees {
        let gone = vanished(report, base.baseline, head, before);
        if !gone.is_empty() {
            report.coverage.extend(gone);
            report.coverage.sort();
            report.summary.files = Summary::count(&report.coverage, 0, &[], 0).files;
        }
    }
    palisade_domain::compare(report, base.baseline, accept_new);
    if let Some([head, before]) = base.trees {
        // Nothing of such a file is judged: that the base did not judge it either must not let a change of it pass.
        for row in report.coverage.iter_mut().filter(|it| it.status == Status::Failed && !it.new) {
            row.new = content(head, &row.path) != content(before, &row.path);
        }
        report.summary.not_judged = palisade_domain::not_judged(&report.coverage);
    }
    report.target.base = Some(base.name.to_owned());
    report.complete = gate.complete(report);
}

/// Files that the base judged and that the change excludes from judging, without deleting their content.
fn vanished(report: &Report, base: &Baseline, head: &dyn Snapshot, before: &dyn Snapshot) -> Vec<Coverage> {
    let now = |path: &str| report.coverage.binary_search_by(|it| it.path.as_str().cmp(path)).is_ok();
    let judged = base.coverage.iter().flatten().filter(|(_, (status, _))| *status != Status::Ignored);
    let gone: Vec<&str> =
        judged.map(|(path, _)| path.as_str()).filter(|it| !it.ends_with('/') && !now(it)).collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let come = report.coverage.iter().filter(|it| {
        it.status == Status::Ignored && !it.path.ends_with('/') && !base.files.contains(&it.path)
    });
    let come: BTreeMap<Digest, &str> =
        come.filter_map(|it| Some((content(head, &it.path)?, it.path.as_str()))).collect();
    gone.into_iter()
        .filter_map(|path| {
            let now = come.get(&content(before, path)?)?;
            Some(Coverage::new(path, Status::Ignored, format!("moved to `{now}`, which is not scanned")))
        })
        .collect()
}

/// Digest of a file's content; none if it is empty or cannot be read.
fn content(tree: &dyn Snapshot, path: &str) -> Option<Digest> {
    let content = tree.read(&TreePath::parse(path).ok()?).ok()?;
    (!content.bytes.trim_ascii().is_empty()).then_some(content.digest)
}
