//! `default_tags` of AWS provider blocks, in the `tags_all` of resources.

#![cfg(test)]

mod common;

use palisade_sdk::parser::Environment;

/// The `tags` and `tags_all` of each resource, with their places.
fn tags(text: &str) -> String {
    let tree = common::tree(text);
    let work = &common::works(&tree)[0];
    let rendered = common::render(&common::parse(&tree, work, &[], &Environment::default()));
    let wanted = |line: &&str| !line.starts_with("  ") || line.starts_with("  tags");
    let lines = rendered.lines().filter(wanted).filter(|line| !line.is_empty());
    lines.chain([""]).collect::<Vec<_>>().join("\n")
}

#[test]
fn tags_of_the_resource_take_precedence() {
    let text = r#"
-- main.tf --
variable "owner" { default = "ops" }
provider "aws" {
  region = "x"
  default_tags {
    tags = {
      team  = "x"
      owner = var.owner
      level = 1
    }
  }
}
resource "aws_s3_bucket" "both" {
  tags = { team = "own", name = "b" }
}
resource "aws_s3_bucket" "none" {}
resource "aws_s3_bucket" "null" {
  tags = null
}
resource "aws_s3_bucket" "set" {
  tags_all = { a = "b" }
}
resource "aws_autoscaling_group" "except" {}
resource "google_storage_bucket" "other" {}
resource "awscc_s3_bucket" "other" {}
data "aws_region" "data" {}
"#;
    let expected = r#"main.tf Scanned 
aws_s3_bucket.both (aws_s3_bucket, aws) @ main.tf:12:1
  tags.name = "b"  @ main.tf:13:33
  tags.team = "own"  @ main.tf:13:19
  tags_all.level = "1"  @ main.tf:8:15
  tags_all.name = "b"  @ main.tf:13:33
  tags_all.owner = "ops"  @ main.tf:7:15 < main.tf:1:20 `default = "ops"`
  tags_all.team = "own"  @ main.tf:13:19
aws_s3_bucket.none (aws_s3_bucket, aws) @ main.tf:15:1
  tags_all.level = "1"  @ main.tf:8:15
  tags_all.owner = "ops"  @ main.tf:7:15 < main.tf:1:20 `default = "ops"`
  tags_all.team = "x"  @ main.tf:6:15
aws_s3_bucket.null (aws_s3_bucket, aws) @ main.tf:16:1
  tags = null  @ main.tf:17:10
  tags_all.level = "1"  @ main.tf:8:15
  tags_all.owner = "ops"  @ main.tf:7:15 < main.tf:1:20 `default = "ops"`
  tags_all.team = "x"  @ main.tf:6:15
aws_s3_bucket.set (aws_s3_bucket, aws) @ main.tf:19:1
  tags_all.a = "b"  @ main.tf:20:20
aws_autoscaling_group.except (aws_autoscaling_group, aws) @ main.tf:22:1
google_storage_bucket.other (google_storage_bucket, google) @ main.tf:23:1
awscc_s3_bucket.other (awscc_s3_bucket, awscc) @ main.tf:24:1
data.aws_region.data (data.aws_region, aws) @ main.tf:25:1
"#;
    assert_eq!(tags(text), expected);
}

#[test]
fn what_cannot_be_known_stays_unknown() {
    let text = r#"
-- main.tf --
variable "unknown" {}
provider "aws" {
  default_tags {
    tags = { team = var.unknown, name = "x" }
  }
}
provider "aws" {
  alias = "whole"
  default_tags {
    tags = var.unknown
  }
}
provider "aws" {
  alias = "maybe"
  dynamic "default_tags" {
    for_each = var.unknown
    content {
      tags = { a = "b" }
    }
  }
}
provider "aws" {
  alias = "self"
  default_tags {
    tags = { a = aws_sns_topic.circle.tags_all["x"] }
  }
}
provider "aws" {
  alias    = "each"
  for_each = toset(["a"])
  default_tags {
    tags = { a = each.key }
  }
}
resource "aws_sns_topic" "each" {
  provider = aws.each["a"]
}
resource "aws_sns_topic" "value" {}
resource "aws_sns_topic" "own" {
  tags = var.unknown
}
resource "aws_sns_topic" "whole" {
  provider = aws.whole
  tags     = { a = "b" }
}
resource "aws_sns_topic" "maybe" {
  provider = aws.maybe
}
resource "aws_sns_topic" "circle" {
  provider = aws.self
}
resource "aws_sns_topic" "reference" {
  tags     = { a = aws_sns_topic.value.tags_all["name"] }
}
"#;
    let expected = r#"main.tf Scanned 
aws_sns_topic.each (aws_sns_topic, aws) @ main.tf:35:1
  tags_all = ?default_tags (the provider block has `for_each`)  @ main.tf:31:3
aws_sns_topic.value (aws_sns_topic, aws) @ main.tf:38:1
  tags_all.name = "x"  @ main.tf:4:41
  tags_all.team = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:4:21 < main.tf:1:1 `variable "unknown"`
aws_sns_topic.own (aws_sns_topic, aws) @ main.tf:39:1
  tags = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:40:10 < main.tf:1:1 `variable "unknown"`
  tags_all = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:40:10 < main.tf:1:1 `variable "unknown"`
aws_sns_topic.whole (aws_sns_topic, aws) @ main.tf:42:1
  tags.a = "b"  @ main.tf:44:20
  tags_all = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:10:12 < main.tf:1:1 `variable "unknown"`
aws_sns_topic.maybe (aws_sns_topic, aws) @ main.tf:46:1
  tags_all = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:15:3
aws_sns_topic.circle (aws_sns_topic, aws) @ main.tf:49:1
  tags_all = ?default_tags (the default tags depend on a resource that has them)  @ main.tf:25:12
aws_sns_topic.reference (aws_sns_topic, aws) @ main.tf:52:1
  tags.a = "x"  @ main.tf:53:20 < main.tf:4:41 `"x"` -> aws_sns_topic.value.tags_all
  tags_all.a = "x"  @ main.tf:53:20 < main.tf:4:41 `"x"` -> aws_sns_topic.value.tags_all
  tags_all.name = "x"  @ main.tf:4:41
  tags_all.team = ?var.unknown (the variable has neither a value nor a default)  @ main.tf:4:21 < main.tf:1:1 `variable "unknown"`
"#;
    assert_eq!(tags(text), expected);
}

#[test]
fn modules_inherit_the_block_without_an_alias_or_get_another() {
    let text = r#"
-- main.tf --
provider "aws" {
  default_tags { tags = { from = "default" } }
}
provider "aws" {
  alias = "east"
  default_tags { tags = { from = "east" } }
}
provider "aws" {
  alias = "plain"
}
resource "aws_sns_topic" "default" {}
resource "aws_sns_topic" "named" { provider = aws }
resource "aws_sns_topic" "east" { provider = aws.east }
resource "aws_sns_topic" "plain" { provider = aws.plain }
module "inherits" { source = "./outer" }
module "passed" {
  source    = "./outer"
  providers = { aws = aws.east, aws.other = aws }
}
module "plain" {
  source    = "./outer"
  providers = { aws = aws.plain }
}
module "own" { source = "./own" }
-- outer/main.tf --
module "inner" { source = "../inner" }
resource "aws_sns_topic" "other" { provider = aws.other }
-- inner/main.tf --
resource "aws_sns_topic" "t" {}
-- own/main.tf --
provider "aws" {
  default_tags { tags = { from = "own" } }
}
resource "aws_sns_topic" "t" {}
"#;
    let tags = tags(text);
    let mut found = Vec::new();
    for line in tags.lines().filter(|line| !line.contains("Scanned")) {
        match (line.strip_prefix("  "), found.last_mut()) {
            (None, _) => found.push(line.split(' ').next().unwrap().to_owned()),
            (Some(value), Some(last)) => *last = format!("{last} {}", value.split_once("  @ ").unwrap().0),
            (Some(_), None) => {}
        }
    }
    assert_eq!(
        found,
        [
            r#"aws_sns_topic.default tags_all.from = "default""#,
            r#"aws_sns_topic.named tags_all.from = "default""#,
            r#"aws_sns_topic.east tags_all.from = "east""#,
            "aws_sns_topic.plain",
            "module.inherits.aws_sns_topic.other",
            r#"module.inherits.module.inner.aws_sns_topic.t tags_all.from = "default""#,
            r#"module.own.aws_sns_topic.t tags_all.from = "own""#,
            r#"module.passed.aws_sns_topic.other tags_all.from = "default""#,
            r#"module.passed.module.inner.aws_sns_topic.t tags_all.from = "east""#,
            "module.plain.aws_sns_topic.other",
            "module.plain.module.inner.aws_sns_topic.t",
        ]
    );
}

#[test]
fn json_and_override_files_are_read_as_well() {
    let text = r#"
-- main.tf.json --
{
  "provider": {"aws": [
    {"default_tags": {"tags": {"from": "json"}}},
    {"alias": "east", "default_tags": [{"tags": {"from": "east"}}]}
  ]},
  "resource": {"aws_sns_topic": {"t": {"tags": {"own": "x"}}, "east": {"provider": "aws.east"}}},
  "module": {"m": {"source": "./m", "providers": {"aws.other": "aws.east"}}}
}
-- main_override.tf --
provider "aws" {
  default_tags { tags = { from = "override" } }
}
-- m/main.tf --
resource "aws_sns_topic" "t" { provider = aws.other }
"#;
    let expected = r#"main.tf.json Scanned 
main_override.tf Scanned 
m/main.tf Scanned 
aws_sns_topic.t (aws_sns_topic, aws) @ main.tf.json:6:34
  tags.own = "x"  @ main.tf.json:6:56
  tags_all.from = "override"  @ main_override.tf:2:34
  tags_all.own = "x"  @ main.tf.json:6:56
aws_sns_topic.east (aws_sns_topic, aws) @ main.tf.json:6:63
  tags_all.from = "east"  @ main.tf.json:4:58
module.m.aws_sns_topic.t (aws_sns_topic, aws) in module.m @ m/main.tf:1:1 < main.tf.json:7:14
  tags_all.from = "east"  @ main.tf.json:4:58
"#;
    assert_eq!(tags(text), expected);
}
