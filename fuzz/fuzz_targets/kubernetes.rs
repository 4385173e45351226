//! Any bytes as a manifest: the parser neither panics nor returns a batch that the host refuses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_parser_kubernetes::Kubernetes;
use palisade_sdk::parser::{Environment, Parser, Work};
use palisade_sdk::testing::MemoryTree;

fuzz_target!(|bytes: &[u8]| {
    let tree = MemoryTree::default().with("a.yaml", bytes);
    let work =
        Work { root: "a.yaml".to_owned(), format: "kubernetes".to_owned(), files: vec!["a.yaml".to_owned()] };
    let parsed = Kubernetes.parse(&tree, &work, &[], &Environment::default()).expect("parsing never fails");
    assert_eq!(parsed.coverage.len(), 1);
    parsed.batch.validate().expect("what a parser builds keeps the contract");
});
