//! Panics with a message that would clear the terminal and begin a second line. It must be shown harmless.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing};

/// The guest.
#[derive(Debug)]
pub struct PanicEscapes;

impl Pack for PanicEscapes {
    const NAME: &'static str = "panic-escapes";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        assert!(request.subjects.is_empty(), "\u{1b}[2J\u{7}all clear\r\nreally");
        Ok(nothing(&request))
    }
}

palisade_test_guests::export_pack!(PanicEscapes);
