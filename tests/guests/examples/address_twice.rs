//! Declares two resources with one address: a suppression or a finding of one would be taken for the other's.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct AddressTwice;

impl Parser for AddressTwice {
    const NAME: &'static str = "address-twice";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let batch = batch(work, &["same".to_owned(), "same".to_owned()]);
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(AddressTwice);
