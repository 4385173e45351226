//! Reads a file whose read never ends. Epochs do not reach a guest that waits in the host: only the wall clock does.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct WaitInHost;

impl Parser for WaitInHost {
    const NAME: &'static str = "wait-in-host";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let names = match tree.read_text("never") {
            Ok(text) => vec![text],
            Err(_) => Vec::new(),
        };
        Ok(parsed(work, batch(work, &names)))
    }
}

palisade_test_guests::export_parser!(WaitInHost);
