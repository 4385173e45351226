//! The three dialects of controls, written as in their own documentation.

use crate::common::{build, files, run, settings, shown};
use palisade_rego::{Dialect, Namespaces, Scope, Settings, Severity, Version, compile};
use regorus::Value;

const OWN: &str = r#"# METADATA
# title: Buckets are private
# description: Anyone can read a public bucket.
# custom:
#   id: s3-public-acl
#   severity: critical
#   kinds: [aws_s3_bucket]
#   related: [aws_s3_bucket_acl]
#   formats: terraform
#   aliases: [other/1]
#   policies: [cis/1.2]
#   remediation: Set `acl` to private.
#   impact: Public sites stop working.
#   scope: tree
package palisade.s3_public_acl

import rego.v1

violation contains {"message": msg, "instance": input.name, "path": ["config", "acl"], "more": 1} if {
  input.config.acl == "public-read"
  msg := sprintf("%s is public", [input.name])
}

violation contains "no versioning" if not input.config.versioning
"#;

#[test]
fn ours() {
    let mut program = build(&[("s3.rego", OWN)]).unwrap();
    let control = &program.controls()[0];
    assert_eq!(program.controls().len(), 1);
    assert_eq!(
        (control.id.as_str(), control.dialect, control.severity()),
        ("s3-public-acl", Dialect::Own, Severity::Critical)
    );
    let metadata = &control.metadata;
    assert_eq!(metadata.title, "Buckets are private");
    assert_eq!(
        (metadata.kinds.as_slice(), metadata.related.as_slice()),
        (&["aws_s3_bucket".to_owned()][..], &["aws_s3_bucket_acl".to_owned()][..])
    );
    assert_eq!(
        (metadata.formats.as_slice(), metadata.scope),
        (&["terraform".to_owned()][..], Some(Scope::Tree))
    );
    assert_eq!((metadata.aliases[0].as_str(), metadata.policies[0].as_str()), ("other/1", "cis/1.2"));
    assert_eq!(
        (metadata.remediation.as_str(), metadata.impact.as_str()),
        ("Set `acl` to private.", "Public sites stop working.")
    );
    let input = r#"{"name": "logs", "kind": "aws_s3_bucket", "config": {"acl": "public-read"}}"#;
    let verdict = program.judge(0, &Value::from_json_str(input).unwrap()).unwrap();
    assert_eq!(shown(&verdict.found), ["no versioning @ ~config", "logs is public @ config.acl"]);
    assert_eq!(verdict.found[1].instance, "logs");
    assert_eq!(
        verdict.found[1].details.to_json_str().unwrap().replace(char::is_whitespace, ""),
        r#"{"more":1}"#
    );
}

#[test]
fn the_reference_products() {
    let versioned = "package sysdig\n\nimport future.keywords.if\nimport future.keywords.in\n\ndefault risky := false\n\nlimit := 2\n\nrisky if {\n  count(input.Versioning) < limit\n}\n";
    let public =
        "package sysdig\n\ndefault risky = false\n\nlimit = 5\n\nrisky {\n  input.PublicAccess == true\n}\n";
    let beside = "{\"name\": \"S3 - Enabled Versioning\", \"description\": \"d\", \"severity\": \"Low\", \"resource_kind\": \"AWS_S3_BUCKET\", \"remediation_details\": \"r\"}";
    let test = "package sysdig\n\ntest_risky { risky with input as {\"PublicAccess\": true} }\ntest_other { data.sysdig.limit == 5 }\n";
    let mut program = build(&[
        ("a/versioned.rego", versioned),
        ("a/versioned.json", beside),
        ("b/public.rego", public),
        ("b/public_test.rego", test),
    ])
    .unwrap();
    let found: Vec<_> = program
        .controls()
        .iter()
        .map(|control| {
            (
                control.id.clone(),
                control.metadata.title.clone(),
                control.severity(),
                control.metadata.kinds.clone(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                "sysdig.versioned".to_owned(),
                "S3 - Enabled Versioning".to_owned(),
                Severity::Low,
                vec!["AWS_S3_BUCKET".to_owned()]
            ),
            ("sysdig.public".to_owned(), "sysdig.public".to_owned(), Severity::Medium, vec![]),
        ]
    );
    let input = Value::from_json_str(r#"{"Versioning": [], "PublicAccess": true}"#).unwrap();
    assert_eq!(shown(&program.judge(0, &input).unwrap().found), ["@ ~Versioning"]);
    assert_eq!(shown(&program.judge(1, &input).unwrap().found), ["@ ~PublicAccess"]);
    let input = Value::from_json_str(r#"{"Versioning": [1, 2], "PublicAccess": false}"#).unwrap();
    assert_eq!(program.judge(0, &input).unwrap().found, []);
    assert_eq!(program.judge(1, &input).unwrap().found, []);
    let run = program.test();
    let results: Vec<_> =
        run.results.iter().map(|result| (result.name.as_str(), result.line, result.passed)).collect();
    assert_eq!(results, [("test_risky", 3, Some(true)), ("test_other", 4, Some(true))]);
}

const CONFTEST: &str = r#"package main

deny[msg] {
  input.kind == "Deployment"
  not input.spec.template.spec.securityContext.runAsNonRoot
  msg := "Containers must not run as root"
}

deny_owner[{"msg": msg, "owner": data.owners.team}] {
  not input.metadata.labels.owner
  msg = sprintf("%s has no owner", [input.metadata.name])
}

warn[msg] { input.spec.replicas < 2; msg = "one replica" }

violation[{"msg": "v"}] { input.bad }

exception[rules] {
  input.metadata.name == "legacy"
  rules := ["owner"]
}
"#;

#[test]
fn conftests() {
    let pack = [
        ("policy/main.rego", CONFTEST),
        ("data/owners.yaml", "owners:\n  team: core\n"),
        ("readme.md", "x"),
        ("other.yaml", "a: 1"),
    ];
    let mut program = compile(&files(&pack), &Settings::default()).unwrap();
    program.prime();
    assert_eq!(program.unused(), ["readme.md", "other.yaml"]);
    assert_eq!(program.versions(), [("policy/main.rego".to_owned(), Version::V0)]);
    let found: Vec<_> =
        program.controls().iter().map(|control| (control.id.as_str(), control.severity())).collect();
    let expected = [
        ("main.deny", Severity::High),
        ("main.deny_owner", Severity::High),
        ("main.warn", Severity::Low),
        ("main.violation", Severity::High),
    ];
    assert_eq!(found, expected);
    let input = r#"{"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 1}}"#;
    let input = Value::from_json_str(input).unwrap();
    let mut found = Vec::new();
    for row in 0..4 {
        let verdict = program.judge(row, &input).unwrap();
        assert!(!verdict.excepted);
        found.extend(shown(&verdict.found));
    }
    assert_eq!(
        found,
        [
            "Containers must not run as root @ ~spec",
            "web has no owner @ ~metadata",
            "one replica @ ~spec.replicas"
        ]
    );
    let legacy = Value::from_json_str(r#"{"metadata": {"name": "legacy"}}"#).unwrap();
    assert!(program.judge(1, &legacy).unwrap().excepted);
}

#[test]
fn namespaces() {
    let pack = files(&[
        ("a.rego", "package team.a\ndeny[\"x\"] { input.x }"),
        ("b.rego", "package team.b\ndeny[\"y\"] { input.x }"),
    ]);
    let count = |namespaces| {
        compile(&pack, &Settings { namespaces, ..Settings::default() }).unwrap().controls().len()
    };
    assert_eq!(count(Namespaces::default()), 0);
    assert_eq!(count(Namespaces::These(vec!["team.b".to_owned()])), 1);
    assert_eq!(count(Namespaces::All), 2);
}

#[test]
fn versions() {
    for (text, version) in [
        ("package a\ndeny contains \"x\" if input.x", Some(Version::V1)),
        ("package a\nimport rego.v1\ndeny contains \"x\" if { input.x }", Some(Version::V1)),
        ("package a\ndeny[msg] { msg = \"x\" }", Some(Version::V0)),
        (
            "package a\nimport future.keywords.if\nimport future.keywords.contains\ndeny contains \"x\" if { input.x } { input.y }",
            Some(Version::V0),
        ),
        ("package a\nimport rego.v1\ndeny[msg] { msg = \"x\" }", None),
        ("package a\np = x { x := 1 } else = 2 { true }", Some(Version::V0)),
        ("package a\np[k] = v { v := input[k] }\nf(x) = y { y := x }\ndefault q = false", Some(Version::V0)),
    ] {
        let found =
            compile(&files(&[("a.rego", text)]), &settings()).ok().map(|program| program.versions()[0].1);
        assert_eq!(found, version, "{text}");
    }
}

#[test]
fn a_rule_fails_alone() {
    let text = "package main\nimport rego.v1\nf(x) := 1 if x > 0\nf(x) := 2 if x > 1\ndeny contains \"x\" if f(3) == 1\nwarn contains 1 if true\nviolation contains \"fine\" if true\n";
    assert_eq!(
        run(text, "{}"),
        [
            "failed: main.deny: functions must not produce multiple outputs for same inputs (line 5)",
            "failed: main.warn: warn gave a number, neither a string nor an object",
            "fine @ -"
        ]
    );
}

#[test]
fn tests_and_coverage() {
    let rules = "package main\n\nimport rego.v1\n\ndeny contains \"a\" if {\n  input.a\n}\n\ndeny contains \"b\" if {\n  input.b\n  input.c\n}\n";
    let tests = "package main_test\n\nimport rego.v1\nimport data.main\n\ntest_a if \"a\" in main.deny with input as {\"a\": true}\n\ntest_b if count(main.deny) == 1 with input as {}\n\ntodo_test_c if false\n";
    let run = build(&[("main.rego", rules), ("main_test.rego", tests)]).unwrap().test();
    let results: Vec<_> = run.results.iter().map(|result| (result.name.as_str(), result.passed)).collect();
    assert_eq!(results, [("test_a", Some(true)), ("test_b", Some(false)), ("todo_test_c", None)]);
    assert_eq!(run.coverage.len(), 1);
    assert_eq!(run.coverage[0].file, "main.rego");
    assert!(run.coverage[0].covered.contains(&6), "{:?}", run.coverage);
    assert!(run.coverage[0].missed.contains(&11), "{:?}", run.coverage);
}

#[test]
fn the_engine_knows_every_function_that_is_said_to_be_there() {
    let calls: Vec<String> = palisade_rego::builtins()
        .filter(|(name, _)| *name != "walk")
        .map(|(name, count)| {
            format!("deny contains \"x\" if {name}({})\n", vec!["input.missing"; count].join(", "))
        })
        .collect();
    for call in calls {
        assert_eq!(
            run(&format!("package main\nimport rego.v1\n{call}"), "{}"),
            Vec::<String>::new(),
            "{call}"
        );
    }
}

#[test]
fn a_rule_that_goes_on_is_ended_where_there_is_a_clock() {
    let text = "package main\nimport rego.v1\nxs := numbers.range(1, 100000)\ndeny contains \"x\" if { count([1 | xs[_] + xs[_] + xs[_] == 0]) > 0 }\nwarn contains \"fine\" if true\n";
    let limit = std::time::Duration::from_millis(200);
    let mut program =
        compile(&files(&[("a.rego", text)]), &Settings { time_limit: Some(limit), ..settings() }).unwrap();
    let input = Value::new_object();
    let failure = program.judge(0, &input).unwrap_err().to_string();
    assert!(failure.starts_with("main.deny: execution exceeded time limit"), "{failure}");
    assert_eq!(shown(&program.judge(1, &input).unwrap().found), ["fine @ -"]);
}

#[test]
fn functions_from_outside() {
    let text = "package main\nimport rego.v1\ndeny contains double.it(input.x) if true\n";
    let without = compile(&files(&[("a.rego", text)]), &settings()).unwrap_err();
    assert_eq!(
        without.0[0].to_string(),
        "a.rego:3:15: function double.it not found; name a function of the pack or of OPA"
    );
    let register = |engine: &mut regorus::Engine| {
        let double =
            |arguments: Vec<Value>| Ok(Value::from(format!("{0}{0}", arguments[0].as_string().unwrap())));
        engine.add_extension("double.it".to_owned(), 1, Box::new(double)).map_err(|error| error.to_string())
    };
    let with =
        Settings { extensions: vec![("double.it".to_owned(), 1)], register: Some(register), ..settings() };
    let mut program = compile(&files(&[("a.rego", text)]), &with).unwrap();
    let input = Value::from_json_str(r#"{"x": "ab"}"#).unwrap();
    assert_eq!(shown(&program.judge(0, &input).unwrap().found), ["abab @ ~x"]);
}
