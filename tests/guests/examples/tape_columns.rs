//! Returns columns of different lengths.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeColumns;

impl Parser for TapeColumns {
    const NAME: &'static str = "tape-columns";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.nodes.keys.pop();
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeColumns);
