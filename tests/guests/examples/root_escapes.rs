//! Calls its unit by a name that would clear the terminal, and fails: the report names the unit.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Unit, Work, unit};

/// The guest.
#[derive(Debug)]
pub struct RootEscapes;

impl Parser for RootEscapes {
    const NAME: &'static str = "root-escapes";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        Ok(vec![unit("\u{1b}[2J\u{7}", 0)])
    }

    fn parse(_tree: &Tree, _work: &Work) -> Result<Parsed, CallError> {
        Err(CallError::Other("\u{1b}[2Jno more".to_owned()))
    }
}

palisade_test_guests::export_parser!(RootEscapes);
