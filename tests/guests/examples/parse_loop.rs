//! Parses in an endless loop. It must be stopped when its CPU time is used up, and its file is failed.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work};

/// The guest.
#[derive(Debug)]
pub struct ParseLoop;

impl Parser for ParseLoop {
    const NAME: &'static str = "parse-loop";

    fn parse(_tree: &Tree, _work: &Work) -> Result<Parsed, CallError> {
        loop {
            std::hint::spin_loop();
        }
    }
}

palisade_test_guests::export_parser!(ParseLoop);
