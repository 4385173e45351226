//! Traps without a message.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request};

/// The guest.
#[derive(Debug)]
pub struct Traps;

impl Pack for Traps {
    const NAME: &'static str = "traps";

    fn judge(_request: Request) -> Result<Judgement, CallError> {
        std::process::abort();
    }
}

palisade_test_guests::export_pack!(Traps);
