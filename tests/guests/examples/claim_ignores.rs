//! Owns every manifest, in one unit at the root of the tree, and then reports all of them as ignored.

use palisade_test_guests::parser::{
    CallError, Info, Parsed, Parser, Status, Tree, Unit, Work, batch, info, owner, parsed,
};

/// The guest.
#[derive(Debug)]
pub struct ClaimIgnores;

impl Parser for ClaimIgnores {
    const NAME: &'static str = "claim-ignores";

    fn describe() -> Info {
        info("**/*.yaml")
    }

    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![owner("", candidates)])
    }

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut parsed = parsed(work, batch(work, &[]));
        for it in &mut parsed.coverage {
            it.status = Status::Ignored;
        }
        Ok(parsed)
    }
}

palisade_test_guests::export_parser!(ClaimIgnores);
