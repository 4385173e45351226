//! Logs in an endless loop.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, log, nothing};

/// The guest.
#[derive(Debug)]
pub struct LogFlood;

impl Pack for LogFlood {
    const NAME: &'static str = "log-flood";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        loop {
            log::emit(log::Level::Info, "again", &[]);
            if request.subjects.is_empty() {
                return Ok(nothing(&request));
            }
        }
    }
}

palisade_test_guests::export_pack!(LogFlood);
