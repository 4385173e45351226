//! Traps in `describe`. It must be refused.

use palisade_test_guests::pack::{Info, Pack};

/// The guest.
#[derive(Debug)]
pub struct DescribeTraps;

impl Pack for DescribeTraps {
    const NAME: &'static str = "describe-traps";

    fn describe() -> Info {
        std::process::abort();
    }
}

palisade_test_guests::export_pack!(DescribeTraps);
