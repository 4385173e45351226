//! Returns two links that lead to each other.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeLinks;

impl Parser for TapeLinks {
    const NAME: &'static str = "tape-links";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.nodes.kinds = vec![7, 7, 0, 5];
        batch.nodes.values = vec![1, 0, 0, 4];
        batch.nodes.nexts = vec![1, 2, 4, 4];
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeLinks);
