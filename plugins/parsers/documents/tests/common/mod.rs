//! What the tests share: parsing one text.

use palisade_parser_documents::Documents;
use palisade_sdk::parser::Parsed;
use palisade_sdk::testing::{MemoryTree, parse_file};

/// Parses one text as the file of that name.
pub(crate) fn parse(path: &str, text: &str) -> Parsed {
    parse_file(&Documents, &MemoryTree::new([(path, text)]), path)
}
