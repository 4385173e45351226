//! Reports a violation at a node that does not exist.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct OutcomeNode;

impl Pack for OutcomeNode {
    const NAME: &'static str = "outcome-node";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(one(&request, Outcome { node: 1 << 30, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(OutcomeNode);
