//! What a scan is compared with: the commit where a change began, or a saved report.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use palisade_catalog::Catalog;
use palisade_domain::{Baseline, Gate, Missing, Report};
use palisade_scan::{Base, EnvironmentError, Environments, Request, Roots, ScanError};
use palisade_source::{Snapshot, is_there};

use crate::args::{ScanOptions, Shared};
use crate::failure::Failure;
use crate::output::complain;

/// Marks what is new in a report, if it is to be compared with something.
pub(crate) async fn compare(
    report: &mut Report,
    options: &ScanOptions,
    base: Option<Arc<dyn Snapshot>>,
    catalog: &Catalog,
    request: &Request,
    shared: Shared,
) -> Result<(), Failure> {
    if let Some(file) = &options.baseline {
        let (baseline, name) = saved(file, shared)?;
        let base = Base { baseline: &baseline, name: &name, trees: None };
        palisade_scan::compare(report, base, true, request.gate);
    }
    if let Some(base) = base {
        let (baseline, name) = scanned(Arc::clone(&base), options, catalog, request, shared).await?;
        let trees = Some([request.snapshot.as_ref(), base.as_ref()]);
        let base = Base { baseline: &baseline, name: &name, trees };
        palisade_scan::compare(report, base, options.allow_new_suppressions, request.gate);
    }
    Ok(())
}

/// Where the units of the base are rooted.
pub(crate) async fn roots(
    base: &Arc<dyn Snapshot>,
    catalog: &Catalog,
    head: &Request,
) -> Result<Roots, Failure> {
    if !has(base, head)? {
        return Ok(Roots::default());
    }
    let request = Request { snapshot: Arc::clone(base), ..head.clone() };
    let roots = palisade_scan::roots(catalog, &request).await;
    roots.map_err(|error| Failure::wrong_use(anyhow!(error).context("in the base")))
}

/// Whether the base has what is scanned.
fn has(base: &Arc<dyn Snapshot>, head: &Request) -> Result<bool, Failure> {
    is_there(base.as_ref(), &head.path)
        .with_context(|| format!("cannot read `{}` in the base", head.path))
        .map_err(Failure::wrong_use)
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

/// Scans the base as the head is scanned: with the same settings, and with those environments whose files it has.
/// Whatever the base does not have is new.
async fn scanned(
    snapshot: Arc<dyn Snapshot>,
    options: &ScanOptions,
    catalog: &Catalog,
    head: &Request,
    shared: Shared,
) -> Result<(Baseline, String), Failure> {
    let name = snapshot.revision().unwrap_or_default().to_owned();
    if !has(&snapshot, head)? {
        return Ok((Baseline::default(), name));
    }
    let mut asked = options.tree.env.clone();
    let report = loop {
        let environments = match Environments::find(snapshot.as_ref(), &head.path, &asked) {
            Err(EnvironmentError::Absent { name, .. }) => {
                asked.retain(|(it, _)| *it != name);
                continue;
            }
            other => other.context("in the base").map_err(Failure::wrong_use)?,
        };
        let left_out = asked.len() < options.tree.env.len();
        let environments = if left_out { environments.of_more() } else { environments };
        let gate = Gate { missing: Missing::Failed, ..head.gate };
        let request = Request {
            snapshot: Arc::clone(&snapshot),
            before: Roots::default(),
            environments,
            gate,
            list_passed: false,
            ..head.clone()
        };
        match palisade_scan::scan(catalog, &request).await {
            Ok(report) => break report,
            Err(ScanError::Environment(EnvironmentError::Unused { name, .. })) => {
                asked.retain(|(it, _)| *it != name);
            }
            Err(ScanError::Walk(error)) => return Err(Failure::wrong_use(error)),
            Err(error) => return Err(Failure::incomplete(anyhow!(error).context("scanning the base"))),
        }
    };
    if !report.complete && !shared.quiet {
        complain("warning: not all of the base could be scanned: what was not is new in the change");
    }
    Ok((Baseline::of(&report), name))
}
