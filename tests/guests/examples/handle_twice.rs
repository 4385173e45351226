//! Drops its handle of the tree and uses it again.
#![expect(unsafe_code, reason = "a second owner of a handle cannot be made otherwise")]

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct HandleTwice;

impl Parser for HandleTwice {
    const NAME: &'static str = "handle-twice";

    fn parse(tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        // SAFETY: none. The handle has a second owner on purpose; the host keeps the table of handles.
        let again = unsafe { Tree::from_handle(tree.handle()) };
        drop(again);
        let names =
            tree.read_text(work.files.first().map_or("", String::as_str)).into_iter().collect::<Vec<_>>();
        Ok(parsed(work, batch(work, &names)))
    }
}

palisade_test_guests::export_parser!(HandleTwice);
