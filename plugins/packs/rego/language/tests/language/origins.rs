//! Rules that name no path: the places of their results.

use crate::common::run;
use palisade_rego::{Pattern, Step};

const INPUT: &str = r#"{
  "kind": "Deployment",
  "metadata": {"name": "web", "labels": {"app": "web"}},
  "spec": {
    "hostNetwork": true,
    "replicas": 1,
    "containers": [
      {"name": "a", "image": "a:1", "securityContext": {"privileged": false}},
      {"name": "b", "image": "b:latest", "securityContext": {"privileged": true}},
      {"name": "c", "image": "c:latest", "ports": [{"hostPort": 80}]}
    ],
    "volumes": {"x": {"hostPath": "/"}, "y": {"empty": {}}}
  }
}"#;

const HELPERS: &str = r#"package main
import rego.v1
import input.spec as sp
is_latest(c) if endswith(c.image, ":latest")
image_of(c) := c.image
containers contains c if some c in input.spec.containers
all_containers := [c | some c in input.spec.containers]
on_host if input.spec.hostNetwork
privileged(c) if c.securityContext.privileged == true
privileged(c) if c.privileged
"#;

const SHAPES: &[(&str, &[&str])] = &[
    // Plain conditions.
    (r#"deny contains "m" if input.spec.hostNetwork"#, &["m @ ~spec.hostNetwork"]),
    (
        r#"deny contains "m" if { input.kind == "Deployment"; input.spec.replicas < 2 }"#,
        &["m @ ~spec.replicas"],
    ),
    (r#"deny contains "m" if input["spec"]["hostNetwork"] == true"#, &["m @ ~spec.hostNetwork"]),
    // Missing values: the block that lacks them.
    (r#"deny contains "m" if not input.metadata.annotations.owner"#, &["m @ ~metadata"]),
    (r#"deny contains "m" if object.get(input.metadata, "owner", "") == """#, &["m @ ~metadata"]),
    (
        r#"deny contains "m" if object.get(input, ["metadata", "labels", "owner"], "") == """#,
        &["m @ ~metadata.labels"],
    ),
    // Iteration over indices and keys.
    (
        r#"deny contains "m" if input.spec.containers[_].image == "b:latest""#,
        &["m @ ~spec.containers.1.image"],
    ),
    (
        r#"deny contains "m" if { some i; input.spec.containers[i].securityContext.privileged }"#,
        &["m @ ~spec.containers.1.securityContext.privileged"],
    ),
    (
        r#"deny contains "m" if { some c in input.spec.containers; c.securityContext.privileged }"#,
        &["m @ ~spec.containers.1.securityContext.privileged"],
    ),
    (
        r#"deny contains msg if { some i, c in input.spec.containers; endswith(c.image, ":latest"); msg := sprintf("%s %d", [c.name, i]) }"#,
        &["b 1 @ ~spec.containers.1.image", "c 2 @ ~spec.containers.2.image"],
    ),
    (
        r"deny contains msg if { c := input.spec.containers[_]; not c.securityContext; msg := c.name }",
        &["c @ ~spec.containers.2"],
    ),
    (
        r#"deny contains k if { some k, v in input.spec.volumes; v.hostPath == "/" }"#,
        &["x @ ~spec.volumes.x.hostPath"],
    ),
    (r"deny contains k if input.spec.volumes[k].hostPath", &["x @ ~spec.volumes.x.hostPath"]),
    // Several places give the same result.
    (
        r#"deny contains "m" if endswith(input.spec.containers[_].image, ":latest")"#,
        &["m @ ~spec.containers.1.image also spec.containers.2.image"],
    ),
    // Functions of the pack.
    (
        r"deny contains c.name if { c := input.spec.containers[_]; is_latest(c) }",
        &["b @ ~spec.containers.1.image", "c @ ~spec.containers.2.image"],
    ),
    (
        r"deny contains c.name if { some c in input.spec.containers; privileged(c) }",
        &["b @ ~spec.containers.1.securityContext.privileged"],
    ),
    (
        r#"deny contains "m" if { c := input.spec.containers[_]; image_of(c) == "b:latest" }"#,
        &["m @ ~spec.containers.1.image"],
    ),
    // Rules of the pack.
    (r#"deny contains "m" if on_host"#, &["m @ ~spec.hostNetwork"]),
    (
        r"deny contains c.name if { containers[c]; is_latest(c) }",
        &["b @ ~spec.containers.1.image", "c @ ~spec.containers.2.image"],
    ),
    (r"deny contains c.name if { some c in containers; not c.securityContext }", &["c @ ~spec.containers.2"]),
    (
        r"deny contains c.name if { c := all_containers[_]; c.ports[_].hostPort }",
        &["c @ ~spec.containers.2.ports.0.hostPort"],
    ),
    // Aliases of parts, imports, computed values.
    (r#"deny contains "m" if sp.hostNetwork"#, &["m @ ~spec.hostNetwork"]),
    (r#"deny contains "m" if { s := input.spec; r := s.replicas; r == 1 }"#, &["m @ ~spec.replicas"]),
    (r#"deny contains "m" if { n := count(input.spec.containers); n > 2 }"#, &["m @ ~spec.containers"]),
    (
        r#"deny contains "m" if { bad := [c | some c in input.spec.containers; is_latest(c)]; count(bad) > 1 }"#,
        &["m @ ~spec.containers"],
    ),
    (
        r#"deny contains "m" if { [i, c] := [1, input.spec.containers[1]]; c.name == "b"; i == 1 }"#,
        &["m @ ~spec.containers.1.name"],
    ),
    // `every`, `walk`, `in`.
    (r#"deny contains "m" if every c in input.spec.containers { c.name != "z" }"#, &["m @ ~spec.containers"]),
    (
        r#"deny contains "m" if { [path, value] := walk(input); value == 80; path[_] == "hostPort" }"#,
        &["m @ ~spec.containers.2.ports.0.hostPort"],
    ),
    (
        r#"deny contains "m" if "b:latest" in [c.image | some c in input.spec.containers]"#,
        &["m @ ~spec.containers"],
    ),
    (r#"deny contains "m" if { x := data.nothing; input.kind }"#, &[]),
    // No path at all.
    (r#"deny contains "m" if true"#, &["m @ -"]),
    // A path that the result names takes precedence.
    (
        r#"deny contains {"msg": "m", "path": ["spec", "replicas"]} if input.spec.hostNetwork"#,
        &["m @ spec.replicas"],
    ),
    (
        r#"deny contains {"msg": "m", "path": "spec.containers[1].image"} if input.spec.hostNetwork"#,
        &["m @ spec.containers.1.image"],
    ),
    (
        r#"deny contains {"msg": "m", "path": ["nothing"]} if input.spec.hostNetwork"#,
        &["m @ ~spec.hostNetwork"],
    ),
];

#[test]
fn shapes() {
    let mut wrong = Vec::new();
    for (rule, expected) in SHAPES {
        let found = run(&format!("{HELPERS}{rule}\n"), INPUT);
        if found != *expected {
            wrong.push(format!("{rule}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_boolean_rule_has_a_place_too() {
    let rego = "package sysdig\nimport rego.v1\ndefault risky := false\nrisky if input.spec.hostNetwork\n";
    assert_eq!(run(rego, INPUT), ["@ ~spec.hostNetwork"]);
    let rego =
        "package sysdig\nrisky {\n  input.spec.containers[_].image == \"a:1\"\n} else {\n  input.kind\n}\n";
    assert_eq!(run(rego, INPUT), ["@ ~spec.containers.0.image"]);
}

/// A control, what it may read, and whether it may read anything.
const READS: &[(&str, &str, bool)] = &[
    // Parts.
    ("if input.a.b", "a.b", false),
    ("if { x := input; x.a.b }", "a.b", false),
    ("if { x := whole; x.a == 1 }", "a", false),
    ("if whole.a", "a", false),
    ("if same(input).a", "a", false),
    ("if has_a(input)", "a", false),
    ("if object.get(input, [\"a\", \"b\"], 1) == 1", "a.b", false),
    ("if object.get(input, input.k, 1) == 1", "* k", false),
    ("if input.a[input.k]", "a.* k", false),
    ("if some x in input", "", false),
    ("if { x := guarded; x.b }", "a.b g", false),
    ("if guarded.b", "a.b g", false),
    ("if count([c | some c in input.xs; input.f]) > 0", "f xs.*", false),
    ("if count({y | y := 1; input.f}) > 0", "f", false),
    ("if keyed.k.z", "a.* a.*.z", false),
    ("if walk(input.a, [p, 1])", "a", false),
    ("if whole.a with input as {\"a\": input.b}", "b", false),
    ("if data.lib.f(input)", "z", false),
    ("if $\"{input.a}\" == \"\"", "a", false),
    // The whole.
    ("if $\"{input}\" == \"\"", "", true),
    ("if walk(input, [p, 1])", "", true),
    ("if { [p, v] := walk(input); v == 1 }", "", true),
    ("if { walk(input, x); x[1] == 1 }", "", true),
    ("if json.marshal(input) == \"\"", "", true),
    ("if { x := input; json.marshal(x) == \"\" }", "", true),
    ("if json.marshal(whole) == \"\"", "", true),
    ("if json.marshal(same(input)) == \"\"", "", true),
    ("if text_of(input) == \"\"", "", true),
    ("if { x := [input]; x[0].a }", "", true),
    ("if same([y | y := input])[0].a", "", true),
    ("if input == {}", "", true),
    ("if not input == {}", "", true),
    ("if count([1 | json.marshal(input) == \"\"]) > 0", "", true),
    ("if count([json.marshal(input) | true]) > 0", "", true),
    ("if input.a[json.marshal(input)]", "a.*", true),
    ("if whole.a with input.b as 1", "", true),
    ("if data.lib[input.k]", "k", true),
    ("if pattern(input)", "", true),
    ("if every x in [1] { json.marshal(input) == x }", "", true),
    ("if many", "", true),
];

const READERS: &str = r#"package main
import rego.v1
whole := input
same(x) := x
has_a(x) if x.a
text_of(x) := json.marshal(x)
guarded := input.a if input.g
keyed[k] := v if some k, v in input.a
pattern({"a": 1}) if true
"#;

#[test]
fn what_may_read_anything_says_so() {
    let lib = "package lib\nimport rego.v1\nf(x) if x.z == 1\np if input.y\n";
    let many = (0..70).map(|it| format!("many if input.m{it}\n")).collect::<Vec<_>>().concat();
    let mut wrong = Vec::new();
    for (rule, reads, all) in READS {
        let text = format!("{READERS}{many}deny contains \"m\" {rule}\n");
        let program = match crate::common::build(&[("p.rego", &text), ("lib.rego", lib)]) {
            Ok(program) => program,
            Err(problems) => {
                wrong.push(format!("{rule}: {problems:?}"));
                continue;
            }
        };
        let control = &program.controls()[0];
        let found = shown(control);
        // Where anything may be read, the other reads are informational.
        let same = if *all {
            reads.split(' ').all(|it| it.is_empty() || found.contains(&it.to_owned()))
        } else {
            found.join(" ") == *reads
        };
        if !same || control.reads_all() != *all {
            wrong.push(format!("{rule}: {found:?} {}", control.reads_all()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_name_is_not_a_read_of_what_is_in_it() {
    for (rule, reads, names) in [
        ("if some x in input", "", "*"),
        ("if { some x in input.xs; x.kind == 1 }", "xs.*.kind", "xs.*"),
        ("if { x := input.xs[i].of; x.acl == 1 }", "xs.*.of.acl", "xs.*.of"),
        ("if { x := input.a; x == 1 }", "a", "a"),
        ("if { x := input.a; count(x) == 1 }", "a", "a"),
        ("if { x := input.a; y := x; y.b }", "a.b", "a"),
    ] {
        let text = format!("package main\nimport rego.v1\ndeny contains \"m\" {rule}\n");
        let program = crate::common::build(&[("p.rego", &text)]).unwrap();
        let control = &program.controls()[0];
        assert_eq!(
            (patterns(control.reads()), patterns(control.names())),
            (reads.to_owned(), names.to_owned()),
            "{rule}"
        );
    }
}

fn patterns(patterns: &[Pattern]) -> String {
    let step = |it: &Option<Step>| it.as_ref().map_or("*".to_owned(), ToString::to_string);
    let one = |it: &Pattern| it.iter().map(step).collect::<Vec<_>>().join(".");
    patterns.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_takes_no_end_to_look_at_may_read_anything() {
    let nested = format!("{}true{}", "count([1 | ".repeat(28), "]) > 0".repeat(28));
    let text = format!("package main\nimport rego.v1\ndeny contains \"m\" if {nested}\n");
    let program = crate::common::build(&[("p.rego", &text)]).unwrap();
    assert!(program.controls()[0].reads_all());
}

fn shown(control: &palisade_rego::Control) -> Vec<String> {
    let step = |step: &Option<palisade_rego::Step>| step.as_ref().map_or("*".to_owned(), ToString::to_string);
    control.reads().iter().map(|pattern| pattern.iter().map(step).collect::<Vec<_>>().join(".")).collect()
}

#[test]
fn what_may_be_read_is_known_beforehand() {
    let text = format!(
        "{HELPERS}deny contains c.name if {{ some c in input.spec.containers; privileged(c); on_host }}\n"
    );
    let program = crate::common::build(&[("p.rego", &text)]).unwrap();
    let reads = shown(&program.controls()[0]);
    assert_eq!(
        reads,
        [
            "spec.containers.*",
            "spec.containers.*.name",
            "spec.containers.*.privileged",
            "spec.containers.*.securityContext.privileged",
            "spec.hostNetwork"
        ]
    );
}
