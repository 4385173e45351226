//! Terraform through the whole program: findings that come through modules, variables and environments, and findings of
//! resources that are judged together.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

/// A bucket module that three callers use differently, and a security group whose networks are a variable.
const TREE: &[(&str, &str)] = &[
    (
        "live/main.tf",
        r#"
variable "office" { default = ["0.0.0.0/0"] }
locals {
  open = true
}
module "site" {
  source = "../modules/bucket"
  name   = "site"
  open   = local.open
}
module "logs" {
  source   = "../modules/bucket"
  for_each = toset(["audit", "access"])
  name     = "logs-${each.key}"
}
resource "aws_security_group" "ssh" {
  dynamic "ingress" {
    for_each = [22]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = var.office
    }
  }
}
data "aws_iam_policy_document" "all" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
module "role" {
  source = "../modules/policy"
  text   = data.aws_iam_policy_document.all.json
}
module "away" {
  source  = "acme/away/aws"
  version = "1.0.0"
}
"#,
    ),
    ("live/prod.tfvars", "office = [\"192.0.2.0/24\"]\n"),
    ("live/dev.tfvars", "office = [\"0.0.0.0/0\"]\n"),
    (
        "modules/bucket/main.tf",
        r#"
variable "name" {}
variable "open" { default = false }
variable "key" {}
resource "aws_s3_bucket" "this" {
  bucket = var.name
}
resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = !var.open
  block_public_policy     = !var.open
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"#,
    ),
    (
        "modules/policy/main.tf",
        r#"
variable "text" {}
resource "aws_iam_policy" "this" {
  policy = var.text
}
"#,
    ),
];

fn place(at: &Value) -> String {
    format!("{}:{}:{}", at["path"].as_str().unwrap(), at["start"]["line"], at["start"]["column"])
}

/// The findings a reader sees, each with its causes.
fn shown(report: &Value, controls: &[&str]) -> String {
    let mut text = String::new();
    for it in report["results"].as_array().unwrap() {
        let control = it["control"].as_str().unwrap();
        if !controls.iter().any(|part| control.contains(part)) {
            continue;
        }
        let address = it["resource"]["address"].as_str().unwrap();
        let environments: Vec<&str> =
            it["environments"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let status = it["status"].as_str().unwrap();
        writeln!(text, "{status} {control} {address} {}", environments.join(",")).unwrap();
        writeln!(text, "  at {}: {}", place(&it["location"]), it["message"].as_str().unwrap()).unwrap();
        for cause in it["cause"].as_array().unwrap() {
            writeln!(text, "  because {} {}", place(cause), cause["note"].as_str().unwrap()).unwrap();
        }
    }
    text
}

const CONTROLS: [&str; 4] = ["public-acls-allowed", "open-ssh", "full-access", "versioning"];

#[test]
fn findings_through_modules_point_at_the_value_and_its_causes() {
    let place = Place::with(TREE);
    let scan = ["scan", "--offline", "--fail-on", "none", "--now", "2026-01-31"];
    let report = place.run(&scan).ends(0).json();
    assert_snapshot!("through_modules", shown(&report, &CONTROLS));
    let partial: Vec<&Value> = report["coverage"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["status"] == "partial")
        .map(|it| &it["path"])
        .collect();
    assert_eq!(partial, ["live/main.tf"], "the module from elsewhere is missing");
}

#[test]
fn environments_name_those_that_fail() {
    let place = Place::with(TREE);
    let scan = [
        "scan",
        "--offline",
        "--fail-on",
        "none",
        "--now",
        "2026-01-31",
        "--env",
        "prod=live/prod.tfvars",
        "--env",
        "dev=live/dev.tfvars",
    ];
    let report = place.run(&scan).ends(0).json();
    assert_snapshot!("environments", shown(&report, &["open-ssh", "public-acls-allowed"]));
}

#[test]
fn companions_are_found_by_name_in_a_unit_of_any_size() {
    // Every second bucket has an access block that refers to it only by name. Together they exceed the size up to which
    // unconnected resources are judged in one call.
    let main = r#"
resource "aws_s3_bucket" "all" {
  count  = 24000
  bucket = "bucket-${count.index}"
  tags   = { team = "a", stage = "b", cost = "c", owner = "d", number = count.index }
}
resource "aws_s3_bucket_public_access_block" "even" {
  count                   = 12000
  bucket                  = "bucket-${count.index * 2}"
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
"#;
    let place = Place::with(&[("main.tf", main)]);
    let scan = ["scan", "--fail-on", "none", "--control", "aws-s3-bucket-access-block-missing"];
    let report = place.run(&scan).ends(0).json();
    let outcomes = &report["summary"]["outcomes"];
    assert_eq!(
        (&outcomes["failed"], &outcomes["passed"], &outcomes["unknown"]),
        (&12000.into(), &12000.into(), &0.into())
    );
}
