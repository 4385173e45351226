//! Returns an error, with a message that would move the cursor of the terminal.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request};

/// The guest.
#[derive(Debug)]
pub struct GivesUp;

impl Pack for GivesUp {
    const NAME: &'static str = "gives-up";

    fn judge(_request: Request) -> Result<Judgement, CallError> {
        Err(CallError::Other("\u{1b}[2Jno\nmore".to_owned()))
    }
}

palisade_test_guests::export_pack!(GivesUp);
