//! Every tree in `cases`, with everything that is read from it.

#![cfg(test)]

mod common;

use std::fmt::Write;
use std::path::Path;

use palisade_sdk::parser::Environment;

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
            let tree = common::tree(&text);
            let mut out = String::new();
            for work in common::works(&tree) {
                let parsed = common::parse(&tree, &work, &[], &Environment::default());
                writeln!(out, "== {} {:?}\n{}", work.format, work.root, common::render(&parsed)).unwrap();
            }
            insta::assert_snapshot!(name, out);
        }
    });
}
