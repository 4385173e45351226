//! Returns a tree in which a subtree ends before it begins: a reader that skips it would loop forever.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeEndless;

impl Parser for TapeEndless {
    const NAME: &'static str = "tape-endless";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.nodes.nexts = vec![2, 2, 2, 4];
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeEndless);
