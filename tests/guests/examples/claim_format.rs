//! Owns every file, in a format that it does not declare. The files must not be ignored silently.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit, unit};

/// The guest.
#[derive(Debug)]
pub struct ClaimFormat;

impl Parser for ClaimFormat {
    const NAME: &'static str = "claim-format";

    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok((0u32..).zip(candidates).map(|(index, path)| Unit { format: 9, ..unit(path, index) }).collect())
    }
}

palisade_test_guests::export_parser!(ClaimFormat);
