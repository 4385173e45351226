//! The syntax tree: the trees of files, tolerated deviations, and error messages.

#![cfg(test)]

mod checker;
mod corpora;
mod properties;
mod render;
mod tables;
mod tolerance;

use std::path::Path;

use palisade_parser_terraform::syntax::{json, native};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/fixtures");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn native_files() {
    for name in ["blocks", "expressions", "templates"] {
        let file = native::parse(&fixture(&format!("{name}.tf"))).unwrap();
        insta::assert_snapshot!(name, render::file(&file));
    }
}

#[test]
fn json_files() {
    let file = json::parse(&fixture("main.tf.json")).unwrap();
    insta::assert_snapshot!("json", render::file(&file));
}
