//! Counts its calls in a static. Every call has an instance of its own, so the count must always be one.

use palisade_test_guests::parser::{CallError, Parsed, Parser, Tree, Unit, Work, batch, parsed, unit};
use std::sync::atomic::{AtomicU32, Ordering};

static CALLS: AtomicU32 = AtomicU32::new(0);

/// The guest.
#[derive(Debug)]
pub struct Counter;

impl Parser for Counter {
    const NAME: &'static str = "counter";

    fn claim(_tree: &Tree, candidates: &[String]) -> Result<Vec<Unit>, CallError> {
        CALLS.fetch_add(1, Ordering::Relaxed);
        Ok((0u32..).zip(candidates).map(|(index, path)| unit(path, index)).collect())
    }

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        let calls = CALLS.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(parsed(work, batch(work, &[format!("call {calls} of this instance")])))
    }
}

palisade_test_guests::export_parser!(Counter);
