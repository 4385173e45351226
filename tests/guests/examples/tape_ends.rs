//! Returns a text that ends after the arena.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeEnds;

impl Parser for TapeEnds {
    const NAME: &'static str = "tape-ends";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.strings.ends.push(1 << 30);
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeEnds);
