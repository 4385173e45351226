//! Declares a pod whose address would clear the terminal, in a file that does not exist. Packs judge it, and the report
//! names it.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct AddressEscapes;

impl Parser for AddressEscapes {
    const NAME: &'static str = "address-escapes";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["\u{1b}[2J\u{7}\r\nall clear".to_owned(), "Pod".to_owned()]);
        let pod = batch.resources.pop().map_or(0, |it| it.name);
        for resource in &mut batch.resources {
            resource.kind = pod;
        }
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(AddressEscapes);
