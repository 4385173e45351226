//! The references of values, and the documents in them, in different notations.

#![cfg(test)]

mod common;

use palisade_sdk::parser::{Environment, Parsed};
use palisade_sdk::tape::Node;
use palisade_sdk::terraform::DECODED;

fn parsed(text: &str) -> Parsed {
    let tree = common::tree(text);
    let work = &common::works(&tree)[0];
    common::parse(&tree, work, &[], &Environment::default())
}

#[test]
fn a_part_of_a_value_refers_to_the_resource_of_the_value() {
    let text = r#"
-- main.tf --
variable "unset" {}
locals { meta = x_y.z.meta[0] }
resource "x_y" "z" {
  tags = { name = "z" }
  meta {
    name = "z"
    from = var.unset
  }
}
resource "a_b" "block" { value = x_y.z.meta[0].name }
resource "a_b" "unknown" { value = x_y.z.meta[0].from }
resource "a_b" "computed" { value = x_y.z.meta[0].uid }
resource "a_b" "map" { value = x_y.z.tags.name }
resource "a_b" "index" { value = x_y.z.tags["name"] }
resource "a_b" "local" { value = local.meta.name }
resource "a_b" "template" { value = "${x_y.z.meta[0].name}-1" }
resource "a_b" "other" { value = "z" }
"#;
    let parsed = parsed(text);
    let batch = &parsed.batch;
    let mut found = Vec::new();
    for resource in batch.resource_views().filter(|it| it.kind() == "a_b") {
        let node = resource.root().get("value").unwrap();
        let of_node = batch.relations.iter().filter(|it| it.from_node == node.index());
        let texts: Vec<&str> = of_node.map(|it| batch.text(it.target_text)).collect();
        found.push(format!("{} {:?} {texts:?}", resource.name(), node.as_scalar()));
    }
    let expected = [
        r#"block Some("z") ["x_y.z.meta"]"#,
        r#"unknown None ["x_y.z.meta"]"#,
        r#"computed None ["x_y.z.meta"]"#,
        r#"map Some("z") ["x_y.z.tags"]"#,
        r#"index Some("z") ["x_y.z.tags"]"#,
        r#"local Some("z") ["x_y.z.meta"]"#,
        r#"template Some("z-1") ["x_y.z.meta"]"#,
        r#"other Some("z") []"#,
    ];
    assert_eq!(found, expected);
}

#[test]
fn documents_of_nested_blocks_in_json_syntax_are_decoded() {
    let text = r#"
-- main.tf.json --
{"resource": {"aws_iam_role": {
  "many": {"inline_policy": [{"policy": "{\"A\": 1}"}, {"policy": "{\"A\": 2}"}]},
  "one": {"inline_policy": {"policy": "{\"A\": 1}"}},
  "deep": {"outer": {"inner": [{"policy": "{\"A\": 1}"}]}},
  "list": {"items": ["{\"A\": 1}"]}
}}}
"#;
    let parsed = parsed(text);
    let paths = |shape: Node<'_>| shape.children().map(|it| it.key().to_owned()).collect::<Vec<_>>();
    let found: Vec<String> = parsed
        .batch
        .resource_views()
        .map(|it| format!("{} {:?}", it.name(), it.shape(DECODED).map(paths).unwrap_or_default()))
        .collect();
    let expected = [
        r#"many ["inline_policy.0.policy", "inline_policy.1.policy"]"#,
        r#"one ["inline_policy.0.policy"]"#,
        r#"deep ["outer.0.inner.0.policy"]"#,
        "list []",
    ];
    assert_eq!(found, expected);
}
