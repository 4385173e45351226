//! Asks for memory beyond its own bound while it describes itself, where the bound of `describe` is wider. The narrower
//! one must count.

use palisade_test_guests::pack::{Info, Pack, control, info};

/// The guest.
#[derive(Debug)]
pub struct DescribeMemory;

impl Pack for DescribeMemory {
    const NAME: &'static str = "describe-memory";

    fn describe() -> Info {
        std::hint::black_box(vec![1u8; 100 << 20]);
        info(vec![control(Self::NAME)])
    }
}

palisade_test_guests::export_pack!(DescribeMemory);
