//! Any bytes as a delivery of GitHub: refused with a reason, or converted to hints without empty parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_provider_github::understand;
use palisade_sdk::provider::{Delivery, Hint};

fuzz_target!(|bytes: &[u8]| {
    // The first byte selects the event of the delivery.
    let Some((first, body)) = bytes.split_first() else { return };
    let kinds = ["pull_request", "check_run", "check_suite", "installation", "repository", "merge_group"];
    let kind = kinds[usize::from(*first) % kinds.len()];
    let headers = [("x-github-event", kind), ("x-github-delivery", "d-1")];
    let Ok(understood) = understand(Delivery { headers: &headers, body }) else { return };
    for hint in &understood.hints {
        if let Hint::Pull { repository, id, .. } = hint {
            assert!(!repository.is_empty() && !id.is_empty());
        }
    }
});
