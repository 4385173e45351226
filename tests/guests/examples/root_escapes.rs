//! Names its unit with a text that would clear the terminal. A root must lead to its files, so it is refused, with a
//! harmless message.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit, unit};

/// The guest.
#[derive(Debug)]
pub struct RootEscapes;

impl Parser for RootEscapes {
    const NAME: &'static str = "root-escapes";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![unit("\u{1b}[2J\u{7}", 0)])
    }
}

palisade_test_guests::export_parser!(RootEscapes);
