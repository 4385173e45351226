//! `--env`: one tree, several sets of inputs, one report.

use serde_json::Value;

use crate::place::Place;

const MAIN: &str = r#"
variable "encrypted" {
  type    = bool
  default = true
}

variable "size" {
  type    = number
  default = 1
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-central-1a"
  size              = var.size
  encrypted         = var.encrypted
}
"#;

const CONTROL: &str = "aws-ebs-volume-unencrypted";

fn tree() -> Place {
    Place::with(&[
        ("app/main.tf", MAIN),
        ("app/prod.tfvars", "encrypted = false\n"),
        ("app/more.tfvars", "encrypted = true\nsize = 2\n"),
        ("app/dev.tfvars.json", r#"{"encrypted": true}"#),
        ("app/test.tfvars", "encrypted = false\n"),
        ("lib/main.tf", MAIN),
        ("values/all.tfvars", "encrypted = false\n"),
        ("other.yaml", "a: b\n"),
    ])
}

/// Status, address, file and environments of each result.
fn results(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let results = report["results"].as_array().unwrap().iter();
    let names =
        |it: &Value| it["environments"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(",");
    results
        .map(|it| format!("{} {} [{}]", text(&it["status"]), text(&it["location"]["path"]), names(it)))
        .collect()
}

fn scan(place: &Place, path: &str, environments: &[&str], more: &[&str]) -> Value {
    let mut arguments = vec!["scan", path, "--format", "json", "--fail-on", "none", "--control", CONTROL];
    arguments.extend(environments.iter().flat_map(|it| ["--env", it]));
    arguments.extend(more);
    place.run(&arguments).ends(0).json()
}

#[test]
fn a_unit_is_judged_in_each_of_its_environments() {
    let place = tree();
    for (environments, expected) in [
        // Files of values that no option names may be used too.
        (&[][..], &["failed app/main.tf []"][..]),
        (&["prod=app/prod.tfvars"], &["failed app/main.tf [prod]"]),
        (&["prod=app/prod.tfvars", "dev=app/dev.tfvars.json"], &["failed app/main.tf [prod]"]),
        (&["test=app/test.tfvars", "prod=app/prod.tfvars"], &["failed app/main.tf [prod,test]"]),
        // Files with the same name of an environment are combined; the last one counts.
        (&["prod=app/prod.tfvars", "prod=app/more.tfvars"], &[]),
        (&["prod=app/more.tfvars", "prod=app/prod.tfvars"], &["failed app/main.tf [prod]"]),
        // A file below no unit applies to all of them.
        (&["all=values/all.tfvars"], &["failed app/main.tf [all]", "failed lib/main.tf [all]"]),
    ] {
        let report = scan(&place, ".", environments, &[]);
        assert_eq!(results(&report), expected, "{environments:?}");
        assert_eq!(report["summary"]["resources"], 2, "{environments:?}");
        let outcomes = &report["summary"]["outcomes"];
        assert_eq!(outcomes["failed"], expected.len(), "{environments:?}");
        assert_eq!(outcomes["passed"], 2 - expected.len(), "{environments:?}");
    }
    let names = ["dev=app/dev.tfvars.json", "more=app/more.tfvars"];
    let report = scan(&place, ".", &names, &["--include-passed"]);
    assert_eq!(results(&report), ["passed app/main.tf [dev,more]", "passed lib/main.tf []"]);

    // The fingerprint does not depend on the environment.
    let print = |environments: &[&str]| {
        scan(&place, ".", environments, &[])["results"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    assert_eq!(print(&["prod=app/prod.tfvars"]), print(&["test=app/test.tfvars"]));

    let table =
        place.run(&["scan", "--format", "table", "--env", "prod=app/prod.tfvars", "--control", CONTROL]);
    assert!(table.out.contains(" in prod\n"), "{}", table.out);
}

#[test]
fn a_commit_has_environments_too() {
    let place = tree();
    place.commit();
    place.write("app/prod.tfvars", "");
    let report = scan(&place, ".", &["prod=app/prod.tfvars"], &["--rev", "HEAD"]);
    assert_eq!(results(&report), ["failed app/main.tf [prod]"]);
}

#[test]
fn files_are_looked_for_from_the_scanned_folder_first() {
    let place = tree();
    place.commit();
    for file in ["prod=prod.tfvars", "prod=app/prod.tfvars"] {
        assert_eq!(results(&scan(&place, "app", &[file], &[])), ["failed app/main.tf [prod]"], "{file}");
    }
}

#[test]
fn an_environment_that_would_do_nothing_is_wrong_use() {
    let place = tree();
    for (environment, words) in [
        ("prod", &["NAME=FILE"][..]),
        ("prod=", &["NAME=FILE"]),
        ("=x.tfvars", &["NAME=FILE"]),
        ("prod=none.tfvars", &["`prod`", "file `none.tfvars` not found"]),
        ("prod=app", &["file `app` not found"]),
        (
            "prod=other.yaml",
            &["no format takes `other.yaml` as an input: expected `**/*.tfvars` (terraform)"],
        ),
        ("a b=app/prod.tfvars", &["invalid environment name `a b`"]),
    ] {
        place.run(&["scan", "--env", environment]).ends(2).reports(words);
    }
    let only = Place::with(&[("x/a.tfvars", ""), ("y/a.yaml", "a: b\n")]);
    only.run(&["scan", "y", "--root", ".", "--env", "prod=x/a.tfvars"])
        .ends(2)
        .reports(&["no scanned unit reads"]);
}

#[test]
fn parsing_shows_each_environment() {
    let place = tree();
    let parse = |arguments: &[&str]| place.run(&[&["parse", "app"], arguments].concat()).ends(0);
    let prod = ["--env", "prod=prod.tfvars", "--env", "dev=dev.tfvars.json"];
    let parsed = parse(&prod).json();
    let resources: Vec<String> = parsed["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {} {}", it["address"], it["environment"], it["config"]["encrypted"]))
        .collect();
    assert_eq!(
        resources,
        [
            r#""aws_ebs_volume.data" "prod" false"#.to_owned(),
            r#""aws_ebs_volume.data" "dev" true"#.to_owned()
        ]
    );
    assert_eq!(parse(&[]).json()["resources"][0]["environment"], Value::Null);
    let table = parse(&[&prod[..], &["--format", "table"]].concat()).out;
    assert_eq!(table, "main.tf:12  prod  aws_ebs_volume.data\nmain.tf:12  dev   aws_ebs_volume.data\n");
}
