//! Reports its one file both as scanned and as not its own.

use palisade_test_guests::parser::{CallError, Coverage, Parsed, Parser, Status, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct CoverageTwice;

impl Parser for CoverageTwice {
    const NAME: &'static str = "coverage-twice";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut parsed = parsed(work, batch(work, &[]));
        let again = parsed.coverage.iter().map(|it| Coverage { status: Status::Ignored, ..it.clone() });
        parsed.coverage.extend(again.collect::<Vec<_>>());
        Ok(parsed)
    }
}

palisade_test_guests::export_parser!(CoverageTwice);
