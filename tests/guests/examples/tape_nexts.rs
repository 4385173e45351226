//! Returns a tree whose first subtree ends in the middle of the second.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeNexts;

impl Parser for TapeNexts {
    const NAME: &'static str = "tape-nexts";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.nodes.nexts = vec![3, 2, 4, 4];
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeNexts);
