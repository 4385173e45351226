//! A plan beside its configuration: what both have is the same.

#![cfg(test)]

mod common;

use std::collections::BTreeSet;

use palisade_sdk::parser::Environment;
use palisade_sdk::tape::Node;
use palisade_sdk::terraform::DECODED;

const TREE: &str = r#"
-- main.tf --
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({ Statement = ["assume"] })
  tags               = { note = "{\"not\": \"looked into\"}" }
  inline_policy {
    name   = "a"
    policy = jsonencode({ Statement = ["a"] })
  }
  inline_policy {
    name   = "b"
    policy = jsonencode({ Statement = ["b"] })
  }
}
resource "x_y" "z" {
  items = ["{\"not\": \"looked into\"}"]
  outer {
    name = "{ no JSON"
    inner {
      text = "[]"
    }
    inner {
      text = "{\"deep\": [1]}"
    }
  }
}
-- plan.json --
{
  "format_version": "1.2",
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_iam_role.r", "mode": "managed", "type": "aws_iam_role", "name": "r", "values": {
      "assume_role_policy": "{\"Statement\":[\"assume\"]}",
      "tags": {"note": "{\"not\": \"looked into\"}"},
      "inline_policy": [
        {"name": "a", "policy": "{\"Statement\":[\"a\"]}"},
        {"name": "b", "policy": "{\"Statement\":[\"b\"]}"}
      ]}},
    {"address": "x_y.z", "mode": "managed", "type": "x_y", "name": "z", "values": {
      "items": ["{\"not\": \"looked into\"}"],
      "outer": [{"name": "{ no JSON", "inner": [{"text": "[]"}, {"text": "{\"deep\": [1]}"}]}]}}
  ]}}
}
"#;

/// Address, path and first line of every document in a text.
fn documents(format: &str) -> BTreeSet<(String, String, u32)> {
    let tree = common::tree(TREE);
    let works = common::works(&tree);
    let work = works.iter().find(|it| it.format == format).unwrap();
    let parsed = common::parse(&tree, work, &[], &Environment::default());
    let batch = &parsed.batch;
    let line = |node: Node<'_>| node.origin().map_or(0, |it| it.line);
    batch
        .resource_views()
        .filter_map(|it| Some((it.address().to_owned(), it.shape(DECODED)?)))
        .flat_map(|(address, shape)| {
            let document = move |it: Node<'_>| (address.clone(), it.key().to_owned(), line(it));
            shape.children().map(document).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn documents_of_nested_blocks_have_the_paths_of_the_configuration() {
    let paths = |format: &str| -> Vec<String> {
        documents(format).into_iter().map(|(address, path, _)| format!("{address} {path}")).collect()
    };
    let expected = [
        "aws_iam_role.r assume_role_policy",
        "aws_iam_role.r inline_policy.0.policy",
        "aws_iam_role.r inline_policy.1.policy",
        "x_y.z outer.0.inner.0.text",
        "x_y.z outer.0.inner.1.text",
    ];
    assert_eq!(paths("terraform"), expected);
    assert_eq!(paths("terraform-plan"), expected);
}

#[test]
fn a_document_of_a_nested_block_is_shown_at_the_first_block_of_its_kind() {
    let lines: Vec<u32> = documents("terraform-plan").into_iter().map(|(_, _, line)| line).collect();
    assert_eq!(lines, [2, 4, 4, 15, 15]);
}
