//! Logs one line of ten megabytes that would clear the terminal, with a hundred fields that would too. The line must be
//! cut and made harmless; the guest has done nothing that is forbidden.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, log, nothing};

/// The guest.
#[derive(Debug)]
pub struct LogEscapes;

impl Pack for LogEscapes {
    const NAME: &'static str = "log-escapes";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let line = "\u{1b}[2J\r\n".repeat(10 << 17);
        let fields = vec![(line.clone(), "\u{9b}2J".to_owned()); 2];
        log::emit(log::Level::Warn, &line, &fields);
        Ok(nothing(&request))
    }
}

palisade_test_guests::export_pack!(LogEscapes);
