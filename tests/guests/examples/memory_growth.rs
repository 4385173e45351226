//! Allocates and touches memory until it is stopped.

use palisade_test_guests::pack::{CallError, Judgement, Pack, Request, nothing};

/// The guest.
#[derive(Debug)]
pub struct MemoryGrowth;

impl Pack for MemoryGrowth {
    const NAME: &'static str = "memory-growth";

    fn judge(request: Request) -> Result<Judgement, CallError> {
        let mut kept = Vec::new();
        loop {
            kept.push(std::hint::black_box(vec![1u8; 1 << 20]));
            if kept.len() == usize::MAX {
                return Ok(nothing(&request));
            }
        }
    }
}

palisade_test_guests::export_pack!(MemoryGrowth);
