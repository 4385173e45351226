//! Describes a format whose pattern is none. It must be refused.

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
