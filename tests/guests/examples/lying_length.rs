//! Returns a text that would end one gigabyte after the end of its memory.
#![expect(unsafe_code, reason = "a lying length cannot be made otherwise")]
#![expect(clippy::same_length_and_capacity, reason = "the lie is in both")]

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, one, outcome};

/// The guest.
#[derive(Debug)]
pub struct LyingLength;

impl Pack for LyingLength {
    const NAME: &'static str = "lying-length";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let text = Box::leak(Box::new([0u8; 8])).as_mut_ptr();
        // SAFETY: none. The length is wrong on purpose; nothing in this guest reads beyond the text.
        let message = unsafe { String::from_raw_parts(text, 1 << 30, 1 << 30) };
        Ok(one(&request, Outcome { message, ..outcome(&request) }))
    }
}

palisade_test_guests::export_pack!(LyingLength);
