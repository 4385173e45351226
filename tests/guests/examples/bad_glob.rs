//! Describes a format with an invalid pattern. It must be refused.

use palisade_test_guests::parser::{Info, Parser, info};

/// The guest.
#[derive(Debug)]
pub struct BadGlob;

impl Parser for BadGlob {
    const NAME: &'static str = "bad-glob";

    fn describe() -> Info {
        info("**/[bait")
    }
}

palisade_test_guests::export_parser!(BadGlob);
