//! Returns a resource whose tree does not exist.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeResource;

impl Parser for TapeResource {
    const NAME: &'static str = "tape-resource";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        if let Some(resource) = batch.resources.first_mut() {
            resource.root = 1 << 20;
        }
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeResource);
