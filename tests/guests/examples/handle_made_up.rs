//! Uses handles that it did not receive.
#![expect(unsafe_code, reason = "a made-up handle cannot be made otherwise")]

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Work, batch, parsed};

/// The guest.
#[derive(Debug)]
pub struct HandleMadeUp;

impl Parser for HandleMadeUp {
    const NAME: &'static str = "handle-made-up";

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let file = work.files.first().map_or("", String::as_str);
        // SAFETY: none. The handle is made up on purpose; the host keeps the table of handles.
        let names = (40..60)
            .flat_map(|handle| unsafe { Tree::from_handle(handle) }.read_text(file))
            .collect::<Vec<_>>();
        Ok(parsed(work, batch(work, &names)))
    }
}

palisade_test_guests::export_parser!(HandleMadeUp);
