//! Returns one gigabyte that it does not have: 32 messages, each of which is the same 32 MiB.
#![expect(unsafe_code, reason = "strings that share their bytes cannot be made otherwise")]
#![expect(clippy::same_length_and_capacity, reason = "nothing here is ever freed")]

use palisade_test_guests::pack::{CallError, Judgement, Outcome, Pack, Request, nothing, outcome};

/// The guest.
#[derive(Debug)]
pub struct HugeOutput;

impl Pack for HugeOutput {
    const NAME: &'static str = "huge-output";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let mut text = "x".repeat(32 << 20).into_bytes();
        text.shrink_to_fit();
        let (start, length) = (text.as_mut_ptr(), text.len());
        std::mem::forget(text);
        // SAFETY: none. Every string owns the same bytes on purpose; the instance ends with this call.
        let alias = || unsafe { String::from_raw_parts(start, length, length) };
        let outcomes = (0..32).map(|_| Outcome { message: alias(), ..outcome(&request) }).collect();
        Ok(Judgement { outcomes, ..nothing(&request) })
    }
}

palisade_test_guests::export_pack!(HugeOutput);
