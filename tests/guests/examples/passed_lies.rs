//! Counts four thousand million passes for a few resources.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing};

/// The guest.
#[derive(Debug)]
pub struct PassedLies;

impl Pack for PassedLies {
    const NAME: &'static str = "passed-lies";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        Ok(Judgement { passed: vec![u32::MAX; request.enabled.len()], ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(PassedLies);
