//! A shared helper that parses one text.

use palisade_parser_documents::Documents;
use palisade_sdk::parser::Parsed;
use palisade_sdk::testing::{MemoryTree, parse_file};

/// Parses a text as a file of this name.
pub(crate) fn parse(path: &str, text: &str) -> Parsed {
    parse_file(&Documents, &MemoryTree::new([(path, text)]), path)
}
