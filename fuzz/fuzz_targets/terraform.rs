//! Any tree as a configuration: no panic, no hang, and a valid batch.
//!
//! The input is a few files, each after a zero byte and a byte that selects its name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_parser_terraform::Terraform;
use palisade_sdk::parser::{Environment, Parser, Work};
use palisade_sdk::testing::MemoryTree;

const NAMES: [&str; 8] = [
    "main.tf",
    "other.tf",
    "main_override.tf",
    "more.tf.json",
    "terraform.tfvars",
    "m/main.tf",
    "plan.json",
    ".terraform/modules/modules.json",
];

fuzz_target!(|data: &[u8]| {
    let mut tree = MemoryTree::default();
    for part in data.split(|byte| *byte == 0) {
        let Some((first, content)) = part.split_first() else { continue };
        if std::str::from_utf8(content).is_ok() {
            tree = tree.with(NAMES[usize::from(*first) % NAMES.len()], content);
        }
    }
    let candidates: Vec<String> = tree.paths().into_iter().filter(|it| !it.starts_with('.')).collect();
    let Ok(units) = Terraform.claim(&tree, &candidates) else { return };
    let formats = Terraform.describe();
    for unit in units {
        let rows = unit.owned.iter().chain(&unit.shared);
        let files = rows.map(|row| candidates[*row as usize].clone()).collect();
        let format = formats[unit.format as usize].id.clone();
        let work = Work { root: unit.root, format, files };
        let parsed = Terraform.parse(&tree, &work, &[], &Environment::default()).expect("parsing never fails");
        assert_eq!(parsed.batch.validate(), Ok(()));
    }
});
