//! Requests files that do not exist, each with another very long name. The host records every request, and its own
//! memory must not grow with them.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct ReadSetFlood;

impl Parser for ReadSetFlood {
    const NAME: &'static str = "read-set-flood";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let long = "x".repeat(256 << 10);
        for number in 0u64.. {
            if tree.stat(&format!("{number}/{long}")).is_some() {
                break;
            }
        }
        Ok(parsed(work, batch(work, &[])))
    }
}

palisade_test_guests::export_parser!(ReadSetFlood);
