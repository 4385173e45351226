//! For any files, the parser does not panic, follows the contract, and returns the same result twice.

#![cfg(test)]

mod common;

use std::path::Path;

use palisade_sdk::parser::{Environment, Parser};
use palisade_sdk::testing::MemoryTree;
use proptest::prelude::*;

/// The trees of `cases`, file by file.
fn seeds() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        for part in text.split("\n-- ") {
            if let Some((name, content)) = part.trim_start_matches("-- ").split_once(" --\n") {
                files.push((name.to_owned(), content.to_owned()));
            }
        }
    }
    files
}

/// An edit of a text: at this position, this many characters are replaced by this text.
type Edit = (prop::sample::Index, usize, String);

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, remove, insert) in edits {
        if chars.is_empty() {
            break;
        }
        let at = at.index(chars.len());
        let end = (at + remove).min(chars.len());
        chars.splice(at..end, insert.chars());
    }
    chars.into_iter().collect()
}

fn insert() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~\n]{1,6}",
        prop::sample::select(vec![
            "${",
            "}",
            "%{ if",
            "<<-E\n",
            "\"",
            "[*]",
            ".*",
            "...",
            "count = 2\n",
            "for_each = var.x\n",
            "dynamic \"a\" {",
            "module.logs",
            "each.value",
            "null",
            "var.name",
            "\u{feff}",
            "é",
            "source = \"./\"\n",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broken_trees_are_read(
        files in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, insert()), 0..6)), 1..5)
    ) {
        let seeds = seeds();
        let mut tree = MemoryTree::default();
        for (seed, edits) in &files {
            let (name, text) = &seeds[seed.index(seeds.len())];
            tree = tree.with(name, edited(text, edits).as_bytes());
        }
        for work in common::works(&tree) {
            let one = common::parse(&tree, &work, &[], &Environment::default());
            let other = palisade_parser_terraform::Terraform.parse(&tree, &work, &[], &Environment::default());
            prop_assert_eq!(Ok(one), other);
        }
    }
}
