//! Reports a violation with a related node that does not exist.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct OutcomeRelated;

impl Pack for OutcomeRelated {
    const NAME: &'static str = "outcome-related";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(one(&request, Outcome { related_nodes: vec![0, 1 << 30], ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(OutcomeRelated);
