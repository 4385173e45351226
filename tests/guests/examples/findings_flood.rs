//! Reports a million violations, of at most a thousand.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing, outcome};

/// The guest.
#[derive(Debug)]
pub struct FindingsFlood;

impl Pack for FindingsFlood {
    const NAME: &'static str = "findings-flood";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let outcomes = (0..1_000_000).map(|_| outcome(&request)).collect();
        Ok(Judgement { outcomes, ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(FindingsFlood);
