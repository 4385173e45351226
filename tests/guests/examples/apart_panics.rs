//! Declares that its files are independent, and panics for one of them. Only that one may fail.

use palisade_test_guests::parser::{
    CallError, Format, Info, Parsed, Parser, Tree, Work, batch, info, parsed,
};

/// The guest.
#[derive(Debug)]
pub struct ApartPanics;

impl Parser for ApartPanics {
    const NAME: &'static str = "apart-panics";

    fn describe() -> Info {
        let formats = info("**/*apart-panics.bait").formats;
        Info { formats: formats.into_iter().map(|it| Format { apart: true, ..it }).collect() }
    }

    fn parse(_tree: &Tree, work: &Work) -> Result<Parsed, CallError> {
        assert!(!work.files.iter().any(|file| file == "apart-panics.bait"), "this one cannot be read");
        Ok(parsed(work, batch(work, &["bait".to_owned()])))
    }
}

palisade_test_guests::export_parser!(ApartPanics);
