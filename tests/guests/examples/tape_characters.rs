//! Returns a text that ends in the middle of a character.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// The guest.
#[derive(Debug)]
pub struct TapeCharacters;

impl Parser for TapeCharacters {
    const NAME: &'static str = "tape-characters";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        batch.strings.ends.push(length(&batch.strings.arena) + 1);
        batch.strings.arena.push('ä');
        batch.strings.ends.push(length(&batch.strings.arena));
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeCharacters);
