//! Allocates more memory than its own bound in `describe`, for which the bound of the host is wider. The narrower bound
//! must count.

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
