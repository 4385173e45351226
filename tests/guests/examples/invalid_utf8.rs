//! Returns a text that is not UTF-8.
#![expect(unsafe_code, reason = "a text that is none cannot be made otherwise")]

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct InvalidUtf8;

impl Pack for InvalidUtf8 {
    const NAME: &'static str = "invalid-utf8";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        // SAFETY: none. The bytes are invalid UTF-8 on purpose; nothing in this guest reads them as text.
        let message = unsafe { String::from_utf8_unchecked(vec![b'a', 0xff, 0xfe]) };
        Ok(one(&request, Outcome { message, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(InvalidUtf8);
