//! Requests the time in an endless loop. It must be stopped when it has called the host too often.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, clock, nothing};

/// The guest.
#[derive(Debug)]
pub struct ClockFlood;

impl Pack for ClockFlood {
    const NAME: &'static str = "clock-flood";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        loop {
            if clock::now_unix_ms() == u64::MAX {
                return Ok(nothing(&request));
            }
        }
    }
}

palisade_test_guests::export_pack!(ClockFlood);
