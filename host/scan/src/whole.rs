//! Scans or parses a whole tree.

use std::sync::Arc;

use palisade_catalog::Catalog;
use palisade_domain::tape::Batch;
use palisade_domain::{Coverage, Diagnostic, PluginError, Report};

use crate::assemble::{assemble, finish};
use crate::claim::Reading;
use crate::error::ScanError;
use crate::process::{Kept, Then};
use crate::request::Request;
use crate::scan::{Scan, checked, end};
use crate::tally::Unchanged;
use crate::walk::{Piece, Walked, inventory, survey, walk};

/// A tree that was parsed but not judged.
#[derive(Debug, Default)]
pub struct ParsedTree {
    /// The environment, with an empty name for the default one, and the batch of a unit in it, in a fixed order.
    pub batches: Vec<(String, Batch)>,
    /// Status of each file.
    pub coverage: Vec<Coverage>,
    /// Diagnostics.
    pub diagnostics: Vec<Diagnostic>,
    /// Errors of plugins.
    pub errors: Vec<PluginError>,
}

/// Parses a tree without judging it.
pub async fn parse(catalog: &Catalog, request: &Request) -> Result<ParsedTree, ScanError> {
    let request = &checked(request, catalog)?;
    let session = request.session();
    let inventory = Arc::new(inventory(request, catalog.formats()).await?);
    let survey = survey(catalog, &inventory, Reading::Resources, request, session.as_ref()).await?;
    let walked = walk(catalog, survey, request, session.as_ref(), &Then::Keep, &Unchanged::default()).await?;
    end(session.as_ref()).await;
    let Walked { units, coverage, errors, diagnostics, .. } = walked;
    let mut tree = ParsedTree { coverage, diagnostics, errors, ..ParsedTree::default() };
    for unit in units {
        let Piece::Processed(unit) = unit else { continue };
        for Kept { environment, readings } in unit.kept {
            let readings = readings.into_iter().filter(|it| !it.resources.is_empty());
            tree.batches.extend(readings.map(|batch| (environment.clone(), batch)));
        }
        tree.diagnostics.extend(unit.diagnostics);
        tree.errors.extend(unit.errors);
    }
    tree.diagnostics.sort();
    tree.errors.sort();
    Ok(tree)
}

/// Scans a tree.
pub async fn scan(catalog: &Catalog, request: &Request) -> Result<Report, ScanError> {
    let scan = Scan::new(catalog, request)?;
    let surveys = scan.surveys().await?;
    let inventory = surveys.first().map(|it| Arc::clone(&it.inventory));
    let walked = scan.walk(surveys, &Unchanged::default()).await?;
    scan.keep(inventory.as_deref(), &walked);
    let report = assemble(&scan, walked).await?;
    scan.end().await;
    Ok(finish(report))
}
