//! Owns every manifest, in a unit whose root is deeper than any other parser's, and reports them as scanned. Parsers
//! that can read the files would lose them, so a root must lead to its files.

use palisade_test_guests::parser::{CallError, Info, Parser, Tree, Unit, info, owner};

/// The guest.
#[derive(Debug)]
pub struct ClaimSteals;

impl Parser for ClaimSteals {
    const NAME: &'static str = "claim-steals";

    fn describe() -> Info {
        info("**/*.yaml")
    }

    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![owner("a/b/c/d/e/f/g/h/i/j", candidates)])
    }
}

palisade_test_guests::export_parser!(ClaimSteals);
