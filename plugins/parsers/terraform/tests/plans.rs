//! A plan and its configuration have the same resources.

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

#[test]
fn references_of_nested_blocks_and_of_keys_that_are_expressions_are_relations() {
    let plan = r#"
-- plan.json --
{
  "format_version": "1.2",
  "planned_values": {"root_module": {"resources": [
    {"address": "a_b.one", "mode": "managed", "type": "a_b", "name": "one", "values": {}},
    {"address": "a_b.two", "mode": "managed", "type": "a_b", "name": "two", "values": {}},
    {"address": "a_b.many[0]", "mode": "managed", "type": "a_b", "name": "many", "values": {}},
    {"address": "a_b.many[1]", "mode": "managed", "type": "a_b", "name": "many", "values": {}},
    {"address": "x_y.z[1]", "mode": "managed", "type": "x_y", "name": "z", "values": {
      "block": [{"name": "x"}, {"name": "y"}], "repeated": [{"name": "x"}], "alone": {"name": "x"}, "list": ["x"]}}
  ]}},
  "resource_changes": [{"address": "x_y.z[1]", "change": {"after_unknown": {
    "block": [{"target": true}, {"target": true}], "repeated": [{"target": true}], "alone": {"target": true},
    "list": [true], "same": true}}}],
  "configuration": {"root_module": {"resources": [
    {"address": "x_y.z", "mode": "managed", "type": "x_y", "name": "z", "expressions": {
      "block": [
        {"name": {"constant_value": "x"}, "target": {"references": ["a_b.one.id", "a_b.one"]}},
        {"name": {"constant_value": "y"}, "target": {"references": ["a_b.two.id", "a_b.two"]}}
      ],
      "repeated": [{"target": {"references": ["a_b.one.id", "a_b.one"]}}, {"target": {"references": ["a_b.two"]}}],
      "alone": {"target": {"references": ["a_b.two.id", "a_b.two"]}},
      "list": {"references": ["a_b.one.id", "a_b.one"]},
      "same": {"references": ["a_b.many", "count.index"]}
    }}
  ]}}
}
"#;
    let tree = common::tree(plan);
    let parsed = common::parse(&tree, &common::works(&tree)[0], &[], &Environment::default());
    let batch = &parsed.batch;
    let relations: Vec<String> = batch
        .relations
        .iter()
        .map(|it| {
            let target = batch.resource(it.to_resource).map_or("", |it| it.address());
            let key = Node::new(batch, it.from_node).key();
            format!("{key} -> {target} ({})", batch.text(it.target_text))
        })
        .collect();
    let expected = [
        "target -> a_b.one (a_b.one.id)",
        "target -> a_b.two (a_b.two.id)",
        "target -> a_b.one (a_b.one.id)",
        "target -> a_b.two (a_b.two)",
        "target -> a_b.two (a_b.two.id)",
        "list -> a_b.one (a_b.one.id)",
        " -> a_b.one (a_b.one.id)",
        "same -> a_b.many[1] (a_b.many)",
    ];
    let sorted = |list: Vec<String>| list.into_iter().collect::<BTreeSet<String>>();
    assert_eq!(sorted(relations), sorted(expected.map(str::to_owned).to_vec()));
}
