//! Calls itself with large frames, so that the stack in its own memory ends first. That is a trap like any other.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

fn descend(depth: u64) -> u64 {
    let kept = std::hint::black_box([depth; 512]);
    if depth == 0 { 0 } else { descend(depth.wrapping_add(1)) + kept.iter().sum::<u64>() }
}

/// The guest.
#[derive(Debug)]
pub struct DeepFrames;

impl Pack for DeepFrames {
    const NAME: &'static str = "deep-frames";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let depth = descend(1);
        Ok(one(&request, Outcome { message: depth.to_string(), ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(DeepFrames);
