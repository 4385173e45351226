//! Reports no status for its file, which would then be neither scanned nor missed.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct CoverageForgets;

impl Parser for CoverageForgets {
    const NAME: &'static str = "coverage-forgets";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        Ok(Parsed { coverage: Vec::new(), ..parsed(work, batch(work, &[])) })
    }
}

palisade_test_guests::export_parser!(CoverageForgets);
