//! Returns two origins that are each other's cause.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct TapeParents;

impl Parser for TapeParents {
    const NAME: &'static str = "tape-parents";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let mut batch = batch(work, &["one".to_owned(), "two".to_owned()]);
        let origins = &mut batch.origins;
        for column in [
            &mut origins.documents,
            &mut origins.starts,
            &mut origins.ends,
            &mut origins.lines,
            &mut origins.columns,
            &mut origins.end_lines,
            &mut origins.end_columns,
            &mut origins.notes,
        ] {
            column.extend_from_within(..);
        }
        origins.parents = vec![1, 0];
        Ok(parsed(work, batch))
    }
}

palisade_test_guests::export_parser!(TapeParents);
