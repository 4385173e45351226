//! Counts passes of more controls than were requested.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing};

/// The guest.
#[derive(Debug)]
pub struct PassedLength;

impl Pack for PassedLength {
    const NAME: &'static str = "passed-length";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(Judgement { passed: vec![1; 3], ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(PassedLength);
