//! Never returns from `describe`. It must be refused.

use palisade_test_guests::pack::{Info, Pack};

/// The guest.
#[derive(Debug)]
pub struct DescribeLoop;

impl Pack for DescribeLoop {
    const NAME: &'static str = "describe-loop";

    fn describe() -> Info {
        loop {
            std::hint::spin_loop();
        }
    }
}

palisade_test_guests::export_pack!(DescribeLoop);
