//! Declares a pod in a file that it did not read: findings would point at lines without a pod of that name.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct DocumentForeign;

impl Parser for DocumentForeign {
    const NAME: &'static str = "document-foreign";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["app/deployment.yaml".to_owned()]);
        if let Some(document) = batch.documents.first_mut() {
            document.path = 4;
        }
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(DocumentForeign);
