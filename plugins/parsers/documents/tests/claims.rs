//! The format and the coverage of files.

#![cfg(test)]

mod common;

use palisade_parser_documents::Documents;
use palisade_sdk::parser::{Parser, Status};
use palisade_sdk::testing::MemoryTree;

#[test]
fn formats_go_by_the_name() {
    let expected = [
        ("a/.env", "dotenv"),
        ("a/.env.prod", "dotenv"),
        ("a/Dockerfile", "dockerfile"),
        ("a/Dockerfile.dev", "dockerfile"),
        ("a/b.Dockerfile", "dockerfile"),
        ("a/b.dockerfile", "dockerfile"),
        ("a/b.env", "dotenv"),
        ("a/b.hcl", "hcl2"),
        ("a/b.ini", "ini"),
        ("a/b.json", "json"),
        ("a/b.properties", "properties"),
        ("a/b.tf", "hcl2"),
        ("a/b.tfvars", "hcl2"),
        ("a/b.toml", "toml"),
        ("a/b.yaml", "yaml"),
        ("a/b.yml", "yaml"),
        ("a/dockerfile", "dockerfile"),
    ];
    let tree = MemoryTree::new(expected.map(|(path, _)| (path, "")));
    let candidates = tree.paths();
    let formats = Documents.describe();
    let units = Documents.claim(&tree, &candidates).unwrap();
    let found: Vec<(&str, &str)> =
        units.iter().map(|it| (it.root.as_str(), formats[it.format as usize].id.as_str())).collect();
    assert_eq!(found, expected);
    for (row, unit) in units.iter().enumerate() {
        assert_eq!((unit.shared.as_slice(), unit.owned.len()), ([u32::try_from(row).unwrap()].as_slice(), 0));
    }
    assert!(formats.iter().all(|format| format.apart));
}

fn check(path: &str, text: &str, status: Status, reason: &str, resources: usize) {
    let parsed = common::parse(path, text);
    let covered = &parsed.coverage[0];
    assert_eq!((covered.status, covered.reason.as_str()), (status, reason), "{text:?}");
    assert_eq!(covered.span.is_some(), status != Status::Scanned, "{text:?}");
    assert_eq!(parsed.batch.resources.len(), resources, "{text:?}");
}

#[test]
fn how_far_files_are_read() {
    let template = "a template, not a document";
    check("a.yaml", "", Status::Scanned, "", 0);
    check("a.yaml", "---\n---\n# nothing\n---\na: 1\n---\n~\n", Status::Scanned, "", 1);
    check("a.yaml", "a: 1\n---\na: {{ .Values.a }}\n", Status::Unsupported, template, 0);
    check("a.yaml", "{{ if a }}\na: 1\n{{ end }}\n", Status::Unsupported, template, 0);
    check("a.json", "{\"a\": {{ b }}}", Status::Unsupported, template, 0);
    check("a.yaml", "a: \"{{ b }}\"\n", Status::Scanned, "", 1);
    check("a.json", "[1, 2]", Status::Scanned, "", 1);
    check("a.tf", "a = {{ b }}", Status::Unsupported, template, 0);
    check("a.toml", "a = {{ b }}", Status::Failed, "missing key for inline table element, expected key", 0);
    check("a.toml", "", Status::Scanned, "", 1);
    check("a.ini", "", Status::Scanned, "", 1);
    check(".env", "", Status::Scanned, "", 1);
    check("a.properties", "", Status::Scanned, "", 1);
    check("a.tf", "", Status::Scanned, "", 1);
    check("Dockerfile", "", Status::Failed, "a Dockerfile without any instruction", 0);
    check("Dockerfile", "FROM a\nMAKE b\n", Status::Failed, "unknown instruction `make`", 0);
    check(
        "a.ini",
        "[a]\nb\n",
        Status::Failed,
        "a line without `=` is neither a key, a section nor a comment",
        0,
    );
    check(".env", "A B\n", Status::Failed, "not of the form `NAME=value`", 0);
}

#[test]
fn documents_of_a_file_are_counted() {
    let parsed = common::parse("x/a.yaml", "---\na: 1\n---\n\n---\nb: 2\n---\nc: 3\n");
    let addresses: Vec<&str> = parsed.batch.resource_views().map(|view| view.address()).collect();
    assert_eq!(addresses, ["x/a.yaml", "x/a.yaml#2", "x/a.yaml#3"]);
    let names: Vec<&str> = parsed.batch.resource_views().map(|view| view.name()).collect();
    assert_eq!(names, ["a.yaml"; 3]);
}
