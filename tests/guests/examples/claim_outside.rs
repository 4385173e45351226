//! Claims a candidate that was not offered.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit, unit};

/// The guest.
#[derive(Debug)]
pub struct ClaimOutside;

impl Parser for ClaimOutside {
    const NAME: &'static str = "claim-outside";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![unit("x", 4_000_000)])
    }
}

palisade_test_guests::export_parser!(ClaimOutside);
