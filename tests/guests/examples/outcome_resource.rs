//! Reports a violation by a resource that does not exist.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct OutcomeResource;

impl Pack for OutcomeResource {
    const NAME: &'static str = "outcome-resource";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(one(&request, Outcome { resource: 1 << 30, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(OutcomeResource);
