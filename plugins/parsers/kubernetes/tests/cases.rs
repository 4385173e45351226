//! Every file in `cases`, with everything that is read from it.

#![cfg(test)]

use std::path::Path;

use palisade_parser_kubernetes::Kubernetes;
use palisade_sdk::testing::{MemoryTree, parse_file, render};

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for path in paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let tree = MemoryTree::new([(name.as_str(), text.as_str())]);
            let parsed = parse_file(&Kubernetes, &tree, &name);
            insta::assert_snapshot!(name, render(&parsed));
        }
    });
}
