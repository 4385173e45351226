//! Claims a million units where it was offered a single file.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit, unit};

/// The guest.
#[derive(Debug)]
pub struct ClaimFlood;

impl Parser for ClaimFlood {
    const NAME: &'static str = "claim-flood";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok((0..1_000_000).map(|_| unit("x", 0)).collect())
    }
}

palisade_test_guests::export_parser!(ClaimFlood);
