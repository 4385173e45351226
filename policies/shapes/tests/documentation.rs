//! The examples of `docs/shapes.md` can be merged with the tables of this program.

#![cfg(test)]

use std::path::Path;

use palisade_shape_tables::shapes_with;
use palisade_shapes::Tables;

#[test]
fn examples_are_admitted() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/shapes.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut seen = 0;
    for block in page.split("```toml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let manifest: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let theirs: Tables =
            manifest["shapes"].clone().try_into().unwrap_or_else(|error| panic!("{error}\n{text}"));
        // The carrier exists already.
        let theirs = if theirs.carrier.is_empty() { theirs } else { Tables::default() };
        shapes_with([("acme", &theirs)]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        seen += 1;
    }
    assert!(seen > 4, "{seen} examples");
}
