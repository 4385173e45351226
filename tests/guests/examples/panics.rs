//! Panics. The report must have the message, for the author of the plugin.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing};

/// The guest.
#[derive(Debug)]
pub struct Panics;

impl Pack for Panics {
    const NAME: &'static str = "panics";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let subjects = request.subjects.len();
        assert!(subjects == usize::MAX, "there are only {subjects} subjects");
        Ok(nothing(&request))
    }
}

palisade_test_guests::export_pack!(Panics);
