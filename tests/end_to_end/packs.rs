//! Packs of Rego as teams write them: tested, built, and run in the sandbox.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::corpora::short;
use crate::place::{Place, corpora, text};

/// Our dialect, over a resource with its relations.
const OWN: &str = r#"# METADATA
# title: Bucket may be seen by all
# description: What is in it is public.
# custom:
#   id: acme-bucket-public
#   severity: critical
#   kinds: [aws_s3_bucket]
#   related: [aws_s3_bucket_acl]
#   aliases: [ACME_1]
#   remediation: Set `acl` to private.
package palisade.bucket_public

import rego.v1

violation contains {"message": sprintf("%s is public", [input.name]), "path": ["config", "acl"]} if {
	input.config.acl == "public-read"
}

violation contains {"message": "its ACL is public", "path": ["relations", i, "resource", "config", "acl"], "instance": "acl"} if {
	some i, relation in input.relations
	relation.direction == "from"
	relation.resource.kind == "aws_s3_bucket_acl"
	relation.resource.config.acl == "public-read"
}
"#;

/// Sysdig's dialect, as its documentation shows controls: the metadata are in a file beside the rule.
const REFERENCE: &str = "package sysdig\n\nimport future.keywords.if\nimport future.keywords.in\n\ndefault risky := false\n\nrisky if {\n\tsome block in input.versioning\n\tblock.enabled == false\n}\n";

const BESIDE: &str = r#"{
  "name": "S3 - Versioning enabled",
  "description": "Objects can be had back.",
  "severity": "Medium",
  "resource_kind": "AWS_S3_BUCKET",
  "remediation_details": "Enable versioning."
}
"#;

/// Conftest's dialect, in the Rego of its older examples.
const CONFTEST: &str = r#"package main

deny[msg] {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg := "Containers must not run as root"
}

warn[msg] {
  input.spec.replicas < data.least.replicas
  msg := sprintf("%d replicas, at least %d are wanted", [input.spec.replicas, data.least.replicas])
}

deny_latest[{"msg": msg}] {
  image := input.spec.template.spec.containers[_].image
  endswith(image, ":latest")
  msg := sprintf("%s can be anything tomorrow", [image])
}
"#;

const BUCKETS: &str = r#"variable "acl" {}

resource "aws_s3_bucket" "logs" {
  bucket = "logs"
  acl    = "public-read"

  versioning {
    enabled = false
  }
}

resource "aws_s3_bucket" "site" {
  bucket = "site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"
}

resource "aws_s3_bucket" "unknown" {
  bucket = "unknown"
  acl    = var.acl
}
"#;

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: app
          image: nginx:latest
";

/// `status control address path:line:column message`, in the report's order.
fn lines(report: &Value) -> String {
    let line = |it: &Value| {
        let (at, start) = (&it["location"], &it["location"]["start"]);
        format!(
            "{} {} {} {}:{}:{} {}\n",
            it["status"].as_str().unwrap(),
            it["control"].as_str().unwrap(),
            it["resource"]["address"].as_str().unwrap(),
            at["path"].as_str().unwrap(),
            start["line"],
            start["column"],
            it["message"].as_str().unwrap()
        )
    };
    report["results"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn three_dialects_as_they_stand() {
    let place = Place::with(&[
        ("pack/own/bucket_public.rego", OWN),
        ("pack/sysdig/versioning.rego", REFERENCE),
        ("pack/sysdig/versioning.json", BESIDE),
        ("pack/policy/deployment.rego", CONFTEST),
        ("pack/data/least.yaml", "least:\n  replicas: 2\n"),
        ("iac/main.tf", BUCKETS),
        ("iac/web.yaml", DEPLOYMENT),
    ]);
    let scan = ["scan", "iac", "--format", "json", "--fail-on", "none", "--now", "2026-01-31", "--pack"];
    let with = |pack| place.run(&[&scan[..], &[pack]].concat()).ends_silently(0).json();
    let report = with("./pack");
    assert_snapshot!("dialects", lines(&report));
    assert_eq!(report["complete"], true);

    // Built into a file it is the same pack, byte for byte, with the same results.
    let first = place.run(&["pack", "build", "pack", "-o", "one.wasm"]).ends(0);
    assert_snapshot!("build", first.err);
    place.run(&["pack", "build", "pack", "-o", "two.wasm"]).ends(0);
    let bytes = |file: &str| std::fs::read(place.path(file)).unwrap();
    assert!(bytes("one.wasm") == bytes("two.wasm"), "the same folder gives the same bytes");
    assert_eq!(with("./one.wasm")["results"], report["results"]);
    let listed = place.run(&["controls", "--plugin", "one.wasm", "acme-bucket-public"]).ends_silently(0);
    assert!(listed.out.contains("What is in it is public."), "{}", listed.out);
}

/// One rule of many, with the usual parts of a rule: a loop, two conditions, a function and a message.
fn rule(number: u32) -> String {
    format!(
        r#"package main

import rego.v1

# METADATA
# title: Registry {number}
# description: Images of registry {number} need a limit of memory.
# custom:
#   severity: medium
deny_{number} contains msg if {{
	some i, container in input.spec.template.spec.containers
	is_from_{number}(container.image)
	not container.resources.limits.memory
	msg := sprintf("container %s of registry %d at %d has no limit", [container.name, {number}, i])
}}

is_from_{number}(image) if startswith(image, "registry{number}.example/")
"#
    )
}

#[test]
fn packs_of_300_rules_are_small() {
    let image = "registry7.example/app:1";
    let place = Place::with(&[("iac/web.yaml", &DEPLOYMENT.replace("nginx:latest", image))]);
    for number in 1..=300 {
        place.write(&format!("pack/policy/rule_{number}.rego"), rule(number));
    }
    for file in ["one.wasm", "two.wasm"] {
        place.run(&["pack", "build", "pack", "-o", file]).ends_silently(0).prints(&["300 controls"]);
    }
    let packed = std::fs::read(place.path("one.wasm")).unwrap();
    assert!(packed == std::fs::read(place.path("two.wasm")).unwrap(), "the same folder gives the same bytes");
    assert!(packed.len() <= 8_000_000, "{} bytes", packed.len());

    // Packed and unpacked, every command reads the same plugin.
    let component = palisade_bundle::unpack(&packed, 16_000_000).unwrap();
    assert!(component.len() > packed.len());
    place.write("plain.wasm", &component);
    let inspect = |file| place.run(&["plugin", "inspect", file, "--format", "json"]).ends_silently(0).json();
    assert_eq!(inspect("one.wasm"), inspect("plain.wasm"));
    let size = format!("{} bytes, packed in {}\n", component.len(), packed.len());
    place.run(&["plugin", "check", "one.wasm"]).ends_silently(0).prints(&[&size]);
    let scan = |more: &[&str]| {
        let scan = ["scan", "iac", "--format", "json", "--fail-on", "none", "--now", "2026-01-31"];
        place.run(&[&scan[..], more].concat()).ends_silently(0).json()["results"].clone()
    };
    let results = scan(&["--pack", "./one.wasm"]);
    assert!(results.to_string().contains("container app of registry 7 at 0 has no limit"), "{results}");
    assert_eq!(scan(&["--pack", "./plain.wasm"]), results);
    place.run(&["plugin", "install", "one.wasm"]).ends_silently(0);
    assert_eq!(scan(&["--pack", "pack"]), results);
}

#[test]
fn documents_of_every_format() {
    let rego = "package main\n\nimport rego.v1\n\ndeny contains sprintf(\"%v\", [v]) if {\n\t[path, v] := walk(input)\n\tstartswith(v, \"bad\")\n}\n";
    let place = Place::with(&[
        ("policy/values.rego", rego),
        ("docs/a.yaml", "a: 1\n---\nb:\n  - bad yaml\n"),
        ("docs/b.json", "{\n  \"c\": \"bad json\"\n}\n"),
        ("docs/c.toml", "[d]\ne = \"bad toml\"\n"),
        ("docs/d.tf", "resource \"f\" \"g\" {\n  h = \"bad hcl\"\n}\n"),
        ("docs/Dockerfile", "FROM alpine\nUSER bad-docker\n"),
        ("docs/e.ini", "[i]\nj = bad ini\n"),
        ("docs/.env", "K=bad env\n"),
        ("docs/f.properties", "l.m = bad properties\n"),
        ("docs/broken.json", "{\"n\": "),
        ("docs/chart.yaml", "o: {{ .Values.bad }}\n"),
        ("docs/readme.md", "bad\n"),
    ]);
    let report = place
        .run(&["scan", "docs", "--format", "json", "--pack", "./policy", "--now", "2026-01-31"])
        .ends(3)
        .json();
    let mut shown = lines(&report);
    for it in report["coverage"].as_array().unwrap() {
        let text = |key: &str| it[key].as_str().unwrap().to_owned();
        writeln!(shown, "{} {} {}", text("path"), text("status"), text("reason")).unwrap();
    }
    assert_snapshot!("documents", shown);
}

/// More unknown values than an input records the places of: whichever the control reads, its outcome is unknown.
#[test]
fn too_many_unknown_values_hide_none() {
    let place = Place::with(&[("pack/bucket_public.rego", OWN)]);
    for padding in [0, 9_999, 10_000] {
        let mut main = "variable \"x\" {}\n\nresource \"aws_s3_bucket\" \"a\" {\n  tags = {\n".to_owned();
        for number in 0..padding {
            writeln!(main, "    k{number} = var.x").unwrap();
        }
        main.push_str("  }\n  acl = var.x\n}\n");
        place.write("iac/main.tf", main);
        let scan = [
            "scan",
            "iac",
            "--format",
            "json",
            "--fail-on",
            "none",
            "--control",
            "acme-*",
            "--pack",
            "./pack",
        ];
        let report = place.run(&scan).ends_silently(0).json();
        assert_eq!(report["summary"]["outcomes"]["unknown"], 1, "{padding}: {}", lines(&report));
    }
}

/// One pack a row: what it does, its rules, and how it ends, at `build` or in a scan.
const HOSTILE: &[(&str, &str)] = &[
    (
        "a loop",
        "deny contains \"x\" if { input.kind; xs := numbers.range(1, 10000); count([1 | xs[_] + xs[_] + xs[_] == 0]) > 0 }",
    ),
    (
        "a hundred bytes for the parser",
        "x := {\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[1]}]}]}]}]}]}]}]}]}]}]}\ndeny contains \"x\" if count(x) == 0",
    ),
    (
        "brackets without an end",
        "deny contains \"x\" if {[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    ),
    (
        "very many results",
        "deny contains msg if { input.kind; some i in numbers.range(1, 300000); msg := sprintf(\"%d\", [i]) }",
    ),
    (
        "one very large result",
        "deny contains msg if { input.kind; xs := numbers.range(1, 500); msg := concat(\",\", [s | some x in xs; s := sprintf(\"%0900000d\", [x])]) }",
    ),
    ("a function of itself", "f(x) := f(x - 1)\ndeny contains \"x\" if f(1)"),
    ("two rules in a circle", "a if b\nb if a\ndeny contains \"x\" if a"),
    (
        "the network",
        "deny contains \"x\" if http.send({\"method\": \"get\", \"url\": \"http://127.0.0.1\"}).status_code == 200",
    ),
    ("the clock", "deny contains \"x\" if time.now_ns() > 0"),
    ("the environment", "deny contains opa.runtime().env.HOME if true"),
    (
        "an expression of expressions",
        "deny contains \"x\" if regex.match(`\\pL{1000}\\pL{1000}\\pL{1000}`, \"a\")",
    ),
    (
        "all memory",
        "deny contains \"x\" if { input.kind; xs := [y | some a in numbers.range(1, 3000); some b in numbers.range(1, 3000); y := [a, b, \"text\"]]; count(xs) == 0 }",
    ),
];

#[test]
fn hostile_packs_end_and_harm_nobody() {
    let place = Place::with(&[("iac/web.yaml", DEPLOYMENT)]);
    let mut table = String::new();
    for (name, rules) in HOSTILE {
        let rego = format!(
            "package main\n\nimport rego.v1\n\n{rules}\n\nwarn contains \"the neighbour\" if input.kind == \"Deployment\"\n"
        );
        let folder = format!("packs/{}", name.replace(' ', "-"));
        place.write(&format!("{folder}/policy.rego"), rego);
        place.write(
            &format!("{folder}/pack.toml"),
            "[limits]\ncpu-ms = 1000\nwall-ms = 30000\nmemory-mib = 256\nfindings = 10000\n",
        );
        let ran = place.run(&["scan", "iac", "--format", "json", "--fail-on", "none", "--pack", &folder]);
        let how = if ran.status == 2 {
            ran.err.replace(&place.path(&folder).display().to_string(), "…")
        } else {
            let report = ran.json();
            let errors = report["plugin_errors"].as_array().unwrap();
            let errors: Vec<&str> = errors.iter().map(|it| it["reason"].as_str().unwrap()).collect();
            assert_eq!(ran.status == 3, !errors.is_empty(), "{name}: what could not be judged is told");
            assert!(lines(&report).contains("the neighbour"), "{name}: the other control is judged");
            format!(
                "{} unknown, {}; the neighbour is judged\n",
                report["summary"]["outcomes"]["unknown"],
                errors.join("; ")
            )
        };
        write!(table, "{name}: {} {how}", ran.status).unwrap();
    }
    assert_snapshot!("hostile", table);
}

#[test]
fn new_packs_are_good_ones() {
    let place = Place::new();
    for (folder, more) in [("one", &[][..]), ("two", &["--documents"])] {
        place.run(&[&["pack", "new", folder], more].concat()).ends_silently(0);
        place.run(&["pack", "lint", folder]).ends_silently(0);
        let tests = place.run(&["pack", "test", folder, "--coverage", "100"]).ends_silently(0).json();
        assert_eq!((&tests["passed"], &tests["failed"]), (&Value::from(2), &Value::from(0)), "{tests}");
        place.run(&["pack", "new", folder]).ends(2).reports(&["exists: name another folder"]);
    }
    place.write(
        "one/bucket_versioning.rego",
        place.read("one/bucket_versioning.rego").replace("== true", "== false"),
    );
    let ran = place.run(&["pack", "test", "one", "--format", "table"]).ends(1);
    assert_snapshot!("failing_test", ran.out);
    for (text, status, words) in [
        (
            "package main\nimport rego.v1\ndeny contains \"x\" if y == 1\n",
            2,
            "bad/a.rego:3:22: variable y is unsafe",
        ),
        ("package main\nimport rego.v1\nx := 1\n", 2, "no control"),
        ("package main\ndeny[\"x\"] { input.a }\n", 1, "written in Rego v0"),
    ] {
        place.write("bad/a.rego", text);
        let ran = place.run(&["pack", "lint", "bad", "--format", "table"]).ends(status);
        let words = words.trim_start_matches("bad/");
        assert!(ran.out.contains(words), "{text}: {}", ran.out);
    }
    place.run(&["pack", "lint", "nowhere"]).ends(2);
}

#[test]
fn real_trees() {
    let place = Place::with(&[
        (
            "pack/sysdig/versioning.rego",
            &REFERENCE.replace("block.enabled == false", "block.enabled != true"),
        ),
        ("pack/sysdig/versioning.json", BESIDE),
        ("pack/policy/deployment.rego", CONFTEST),
        ("pack/data/least.yaml", "least:\n  replicas: 2\n"),
    ]);
    for (name, folder) in corpora(&["kubernetes", "terraform"]) {
        let scan = [
            "scan",
            text(&folder),
            "--root",
            text(&folder),
            "--pack",
            "./pack",
            "--fail-on",
            "none",
            "--now",
            "2026-01-31",
        ];
        let report = place.run(&[&scan[..], &["--format", "json"]].concat()).ends_silently(0).json();
        assert_eq!(report["plugin_errors"], serde_json::json!([]), "{name}");
        let found = lines(&report).lines().take(40).collect::<Vec<_>>().join("\n");
        assert_snapshot!(format!("corpora_{name}"), format!("{:#}\n{found}", short(&report["summary"])));
    }
}
