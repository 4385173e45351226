//! Reads forbidden and absent files, ignores every error and reports success. It learns nothing and harms nobody: this
//! guest may end without a fault.

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
