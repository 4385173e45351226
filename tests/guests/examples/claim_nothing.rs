//! Claims a unit without a file.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit, unit};

/// The guest.
#[derive(Debug)]
pub struct ClaimNothing;

impl Parser for ClaimNothing {
    const NAME: &'static str = "claim-nothing";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![Unit { owned: Vec::new(), ..unit("\u{1b}[2J", 0) }])
    }
}

palisade_test_guests::export_parser!(ClaimNothing);
