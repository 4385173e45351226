//! Requests one file in an endless loop. It must be stopped when it has called the host too often.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct StatFlood;

impl Parser for StatFlood {
    const NAME: &'static str = "stat-flood";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        while tree.stat("absent").is_none() {}
        Ok(parsed(work, batch(work, &[])))
    }
}

palisade_test_guests::export_parser!(StatFlood);
