//! Judges in an endless loop. It must be stopped when its CPU time is used up.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request};

/// The guest.
#[derive(Debug)]
pub struct JudgeLoop;

impl Pack for JudgeLoop {
    const NAME: &'static str = "judge-loop";

    fn judge(_request: Request) -> Result<Judgement, CallError> {
        loop {
            std::hint::spin_loop();
        }
    }
}

palisade_test_guests::export_pack!(JudgeLoop);
