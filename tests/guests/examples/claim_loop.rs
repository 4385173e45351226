//! Claims in an endless loop. It must be stopped, and its candidates are failed, since their owner is unknown.

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
