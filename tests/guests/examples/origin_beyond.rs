//! Gives a resource a place after the end of its file.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct OriginBeyond;

impl Parser for OriginBeyond {
    const NAME: &'static str = "origin-beyond";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["far".to_owned()]);
        if let Some(end) = batch.origins.ends.first_mut() {
            *end = 1_000_000;
        }
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(OriginBeyond);
