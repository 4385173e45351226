//! Returns a node of an unknown kind.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeKinds;

impl Parser for TapeKinds {
    const NAME: &'static str = "tape-kinds";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.nodes.kinds = vec![0, 99, 0, 5];
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeKinds);
