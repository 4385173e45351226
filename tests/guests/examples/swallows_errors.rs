//! Reads what it may not and what is not there, swallows every error and says that all is well. It learns nothing, and
//! nobody is harmed: this guest may end well.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct SwallowsErrors;

impl Parser for SwallowsErrors {
    const NAME: &'static str = "swallows-errors";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let names: Vec<String> = ["../secret.txt", "absent", "app", "/etc/passwd"]
            .into_iter()
            .filter_map(|path| tree.read_text(path).ok())
            .collect();
        Ok(parsed(work, batch(work, &names)))
    }
}

palisade_test_guests::export_parser!(SwallowsErrors);
