//! Calls itself until the native stack ends.

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// Keeps nothing in memory, so that only the native stack grows.
fn descend(depth: u64) -> u64 {
    if depth == 0 { 0 } else { descend(depth.wrapping_add(1)).rotate_left(7) ^ depth }
}

/// The guest.
#[derive(Debug)]
pub struct DeepRecursion;

impl Pack for DeepRecursion {
    const NAME: &'static str = "deep-recursion";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let depth = descend(u64::from(request.list_passed) + 1);
        Ok(one(&request, Outcome { message: depth.to_string(), ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(DeepRecursion);
