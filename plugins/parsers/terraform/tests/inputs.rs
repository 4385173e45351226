//! Inputs besides the files of a configuration: environments, installed modules, mounted modules.

#![cfg(test)]

mod common;

use palisade_sdk::parser::{Environment, Mount, Parsed, Status};

fn value(parsed: &Parsed, address: &str, attribute: &str) -> String {
    let batch = &parsed.batch;
    let resource = batch.resource_views().find(|it| it.address() == address).expect(address);
    let node = resource.root().get(attribute).expect(attribute);
    match node.as_unknown() {
        Some(unknown) => format!("?{}", batch.text(unknown.expression)),
        None => node.as_scalar().unwrap_or("null").to_owned(),
    }
}

#[test]
fn later_values_count_more() {
    let text = r#"
-- main.tf --
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" {}
resource "x_y" "z" {
  a = var.a
  b = var.b
  c = var.c
  d = var.d
  e = var.e
}
-- terraform.tfvars --
b = "fixed"
c = "fixed"
d = "fixed"
-- one.auto.tfvars --
c = "automatic"
d = "automatic"
-- envs/prod.tfvars --
d = "prod"
-- envs/more.tfvars.json --
{"e": "more"}
"#;
    let tree = common::tree(text);
    let work = &common::works(&tree)[0];
    let cases: [(&[&str], [&str; 5]); 3] = [
        (&[], ["default", "fixed", "automatic", "automatic", "?var.e"]),
        (&["envs/prod.tfvars"], ["default", "fixed", "automatic", "prod", "?var.e"]),
        (&["envs/prod.tfvars", "envs/more.tfvars.json"], ["default", "fixed", "automatic", "prod", "more"]),
    ];
    for (files, expected) in cases {
        let files = files.iter().map(|it| (*it).to_owned()).collect();
        let environment = Environment { name: "prod".to_owned(), files, ..Environment::default() };
        let parsed = common::parse(&tree, work, &[], &environment);
        let found = ["a", "b", "c", "d", "e"].map(|name| value(&parsed, "x_y.z", name));
        assert_eq!(found, expected, "{environment:?}");
    }
}

#[test]
fn the_workspace_is_known_where_it_is_given() {
    let text = "-- main.tf --\nresource \"x_y\" \"z\" {\n  a = terraform.workspace\n}\n";
    let tree = common::tree(text);
    let work = &common::works(&tree)[0];
    for (workspace, expected) in [("", "?terraform.workspace"), ("prod", "prod")] {
        let environment = Environment { workspace: workspace.to_owned(), ..Environment::default() };
        let parsed = common::parse(&tree, work, &[], &environment);
        assert_eq!(value(&parsed, "x_y.z", "a"), expected);
    }
}

#[test]
fn installed_modules_are_used_where_their_source_is_the_same() {
    let text = r#"
-- main.tf --
module "a" {
  source  = "acme/a/aws"
  version = "1.2.3"
}
module "b" { source = "acme/b/aws" }
-- .terraform/modules/modules.json --
{"Modules": [
  {"Key": "", "Source": "", "Dir": "."},
  {"Key": "a", "Source": "registry.terraform.io/acme/a/aws", "Version": "1.2.3", "Dir": ".terraform/modules/a"},
  {"Key": "a.inner", "Source": "./inner", "Dir": ".terraform/modules/a/inner"},
  {"Key": "b", "Source": "registry.terraform.io/acme/other/aws", "Dir": ".terraform/modules/b"}
]}
-- .terraform/modules/a/main.tf --
module "inner" { source = "./inner" }
-- .terraform/modules/a/inner/main.tf --
resource "x_y" "z" {}
-- .terraform/modules/b/main.tf --
resource "x_y" "z" {}
"#;
    let tree = common::tree(text);
    let parsed = common::parse(&tree, &common::works(&tree)[0], &[], &Environment::default());
    let addresses: Vec<&str> = parsed.batch.resource_views().map(|it| it.address()).collect();
    assert_eq!(addresses, ["module.a.module.inner.x_y.z"]);
    let needs: Vec<&str> = parsed.needs.iter().map(|it| it.source.as_str()).collect();
    assert_eq!(needs, ["acme/b/aws"], "the one that was installed is another module");
}

#[test]
fn mounts_meet_needs_and_what_they_need_is_asked_for_next() {
    let text = r#"
-- main.tf --
module "a" {
  source  = "acme/a/aws"
  version = "~> 1.0"
  name    = "given"
}
-- mounted/a/main.tf --
variable "name" {}
resource "x_y" "z" { name = var.name }
module "deep" { source = "git::https://git.example/deep.git?ref=v1" }
"#;
    let tree = common::tree(text);
    let work = palisade_sdk::parser::Work {
        root: String::new(),
        format: "terraform".to_owned(),
        files: vec!["main.tf".to_owned()],
    };
    let parsed = common::parse(&tree, &work, &[], &Environment::default());
    assert_eq!(parsed.coverage[0].status, Status::Partial);
    let need = &parsed.needs[0];
    assert_eq!(
        (need.kind.as_str(), need.source.as_str(), need.version.as_str()),
        ("terraform-module", "acme/a/aws", "~> 1.0")
    );
    assert_eq!(need.span.map(|it| it.line), Some(1));

    let mount = Mount {
        kind: need.kind.clone(),
        source: need.source.clone(),
        version: need.version.clone(),
        path: "mounted/a".to_owned(),
    };
    let parsed = common::parse(&tree, &work, &[mount], &Environment::default());
    assert_eq!(value(&parsed, "module.a.x_y.z", "name"), "given");
    let needs: Vec<&str> = parsed.needs.iter().map(|it| it.source.as_str()).collect();
    assert_eq!(needs, ["git::https://git.example/deep.git?ref=v1"]);
}
