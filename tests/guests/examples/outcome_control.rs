//! Reports a violation of a control that was not requested.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct OutcomeControl;

impl Pack for OutcomeControl {
    const NAME: &'static str = "outcome-control";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(one(&request, Outcome { control: 7, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(OutcomeControl);
