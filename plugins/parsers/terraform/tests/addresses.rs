//! Addresses, as `terraform plan` prints them (Terraform, "Resource Address Reference").

#![cfg(test)]

mod common;

const TREE: &str = r#"
-- main.tf --
variable "zones" { default = ["a", "b"] }
resource "aws_s3_bucket" "one" {}
resource "aws_s3_bucket" "none" { count = 0 }
resource "aws_s3_bucket" "counted" { count = length(var.zones) }
resource "aws_s3_bucket" "maybe" { count = var.zones[0] == "a" ? 1 : 0 }
resource "aws_s3_bucket" "set" { for_each = toset(["x", "a b"]) }
resource "aws_s3_bucket" "map" { for_each = { for zone in var.zones : "zone-${zone}" => zone } }
resource "aws_s3_bucket" "quoted" { for_each = toset(["say \"hi\"", "a\\b", "$${x}"]) }
resource "aws_s3_bucket" "unclear" { count = data.aws_region.here.count }
data "aws_region" "here" {}
module "flat" { source = "./m" }
module "counted" {
  source = "./m"
  count  = 2
}
module "named" {
  source   = "./m"
  for_each = { blue = 1, green = 2 }
  sizes    = [each.key, "s"]
}
module "none" {
  source = "./m"
  count  = 0
}
-- m/main.tf --
variable "sizes" { default = [] }
resource "aws_sqs_queue" "q" {}
module "deep" {
  source   = "../n"
  for_each = toset(var.sizes)
}
-- n/main.tf --
resource "aws_sns_topic" "t" { count = 2 }
data "aws_iam_policy_document" "d" {}
"#;

#[test]
fn addresses_are_those_of_a_plan() {
    let parsed = common::parse_text(TREE);
    let mut found: Vec<&str> = parsed.batch.resource_views().map(|it| it.address()).collect();
    found.sort_unstable();
    let mut expected = vec![
        "aws_s3_bucket.one",
        "aws_s3_bucket.counted[0]",
        "aws_s3_bucket.counted[1]",
        "aws_s3_bucket.maybe[0]",
        r#"aws_s3_bucket.set["x"]"#,
        r#"aws_s3_bucket.set["a b"]"#,
        r#"aws_s3_bucket.map["zone-a"]"#,
        r#"aws_s3_bucket.map["zone-b"]"#,
        r#"aws_s3_bucket.quoted["say \"hi\""]"#,
        r#"aws_s3_bucket.quoted["a\\b"]"#,
        r#"aws_s3_bucket.quoted["$${x}"]"#,
        // Their number is unknown: this address represents all of them.
        "aws_s3_bucket.unclear",
        "data.aws_region.here",
        "module.flat.aws_sqs_queue.q",
        "module.counted[0].aws_sqs_queue.q",
        "module.counted[1].aws_sqs_queue.q",
        r#"module.named["blue"].aws_sqs_queue.q"#,
        r#"module.named["green"].aws_sqs_queue.q"#,
    ];
    for colour in ["blue", "green"] {
        for size in [colour, "s"] {
            for inner in ["aws_sns_topic.t[0]", "aws_sns_topic.t[1]", "data.aws_iam_policy_document.d"] {
                expected.push(Box::leak(
                    format!(r#"module.named["{colour}"].module.deep["{size}"].{inner}"#).into_boxed_str(),
                ));
            }
        }
    }
    expected.sort_unstable();
    assert_eq!(found, expected);
}
