//! Any bytes as a delivery of each provider: refused with a reason, or converted to complete hints and one event.
//!
//! The first line is the kind of the event, which some providers send as a header; the rest is the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_sdk::CallError;
use palisade_sdk::provider::{Delivery, Understood};
use palisade_sdk::testing::deliveries::is_complete;

type Understand = fn(Delivery<'_>) -> Result<Understood, CallError>;

const ADAPTERS: [Understand; 4] = [
    palisade_provider_azure_devops::understand,
    palisade_provider_bitbucket::understand,
    palisade_provider_github::understand,
    palisade_provider_gitlab::understand,
];

fuzz_target!(|bytes: &[u8]| {
    let Some(end) = bytes.iter().position(|it| *it == b'\n') else { return };
    let (kind, body) = (&bytes[..end], &bytes[end + 1..]);
    let Ok(kind) = str::from_utf8(kind) else { return };
    let headers = ["X-Event-Key", "X-GitHub-Event", "X-Gitlab-Event"].map(|name| (name, kind));
    for understand in ADAPTERS {
        match understand(Delivery { headers: &headers, body }) {
            Ok(found) => {
                assert!(found.hints.iter().all(is_complete), "{:?}", found.hints);
                assert!(found.events.len() == 1 && found.events[0].payload.as_bytes() == body);
            }
            Err(CallError::InvalidInput(why)) => assert!(!why.is_empty()),
            Err(other) => panic!("{other:?}"),
        }
    }
});
