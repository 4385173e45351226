//! Imports the clock, which its manifest does not request. It must be refused.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, clock, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct ClockUnasked;

impl Pack for ClockUnasked {
    const NAME: &'static str = "clock-unasked";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let message = clock::now_unix_ms().to_string();
        Ok(one(&request, Outcome { message, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(ClockUnasked);
