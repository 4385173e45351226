//! The base of a scan: the merge base of a change, or a saved report.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use palisade_catalog::Catalog;
use palisade_domain::{Baseline, Gate, Report, Verdict};
use palisade_scan::{Base, Change, Request};
use palisade_source::Snapshot;

use crate::args::{ScanOptions, Shared};
use crate::failure::Failure;
use crate::notice::complain;

/// A report, the verdict, and the gate that gave it.
pub(crate) struct Judged {
    pub(crate) report: Report,
    pub(crate) verdict: Verdict,
    pub(crate) gate: Gate,
}

/// Scans, and compares with the base or the saved report, if one is given.
pub(crate) async fn scan(
    catalog: &Catalog,
    request: &Request,
    base: Option<Arc<dyn Snapshot>>,
    options: &ScanOptions,
    shared: Shared,
) -> Result<Judged, Failure> {
    if let Some(base) = base {
        return changed(catalog, request, base, options, shared).await;
    }
    let mut report = palisade_scan::scan(catalog, request).await?;
    let gate = request.gate;
    if let Some(file) = &options.baseline {
        let (baseline, name) = saved(file, shared)?;
        let base = Base { baseline: &baseline, name: &name, trees: None };
        report = palisade_scan::compare(report, base, true, gate);
    }
    Ok(Judged { verdict: gate.judge(&report), report, gate })
}

async fn changed(
    catalog: &Catalog,
    request: &Request,
    base: Arc<dyn Snapshot>,
    options: &ScanOptions,
    shared: Shared,
) -> Result<Judged, Failure> {
    let name = base.revision().unwrap_or_default().to_owned();
    let change = Change {
        environments: options.tree.env.clone(),
        allow_new_suppressions: options.allow_new_suppressions,
        list_unchanged: options.include_unchanged,
        ..Change::new(base, name)
    };
    let evaluated = change.evaluate(catalog, request).await?;
    if !evaluated.is_base_complete && !shared.quiet {
        complain("warning: not all of the base could be scanned: what was not is new in the change");
    }
    Ok(Judged { report: evaluated.report, verdict: evaluated.verdict, gate: evaluated.gate })
}

fn saved(file: &Path, shared: Shared) -> Result<(Baseline, String), Failure> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read `{name}`"))
        .map_err(Failure::wrong_use)?;
    let saved = palisade_report::saved_report(&text)
        .with_context(|| format!("cannot compare with `{name}`"))
        .map_err(Failure::wrong_use)?;
    if !saved.complete && !shared.quiet {
        complain(&format!(
            "warning: `{name}` is of an incomplete scan: what was not scanned then is new now"
        ));
    }
    Ok((saved.baseline, saved.digest))
}
