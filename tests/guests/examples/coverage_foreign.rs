//! Reports a file as scanned that is not in its unit.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed, scanned};

/// The guest.
#[derive(Debug)]
pub struct CoverageForeign;

impl Parser for CoverageForeign {
    const NAME: &'static str = "coverage-foreign";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut parsed = parsed(work, batch(work, &[]));
        parsed.coverage.push(scanned("app/deployment.yaml"));
        Ok(parsed)
    }
}

palisade_test_guests::export_parser!(CoverageForeign);
