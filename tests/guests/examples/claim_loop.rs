//! Claims for ever. It must be stopped, and the files it was asked about are failed: nobody knows whose they are.

use palisade_test_guests::parser::{CallError, Parser, Tree, Unit};

/// The guest.
#[derive(Debug)]
pub struct ClaimLoop;

impl Parser for ClaimLoop {
    const NAME: &'static str = "claim-loop";

    fn claim(_tree: &Tree, _candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        loop {
            std::hint::spin_loop();
        }
    }
}

palisade_test_guests::export_parser!(ClaimLoop);
