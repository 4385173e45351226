//! Owns every manifest, in one unit at the root of the tree, and reports all of them as scanned without a resource. If
//! it may keep files to itself, no other parser reads them.

use palisade_test_guests::parser::{
    CallError, Info, Parsed, Parser, Tree, Unit, Work, batch, info, owner, parsed,
};

/// The guest.
#[derive(Debug)]
pub struct ClaimHides;

impl Parser for ClaimHides {
    const NAME: &'static str = "claim-hides";

    fn describe() -> Info {
        info("**/*.yaml")
    }

    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![owner("", candidates)])
    }

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        Ok(parsed(work, batch(work, &[])))
    }
}

palisade_test_guests::export_parser!(ClaimHides);
