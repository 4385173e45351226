//! A shared helper that parses one text.

use palisade_parser_kubernetes::Kubernetes;
use palisade_sdk::parser::Parsed;
use palisade_sdk::testing::{MemoryTree, parse_file};

/// Parses one file of a tree.
pub(crate) fn parse_in(tree: &MemoryTree, path: &str) -> Parsed {
    parse_file(&Kubernetes, tree, path)
}

/// Parses one text as `file.yaml`.
pub(crate) fn parse(text: &str) -> Parsed {
    parse_in(&MemoryTree::new([("file.yaml", text)]), "file.yaml")
}
