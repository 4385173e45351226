//! The language with all of OPA's functions: each line is the body of a rule, and its result in OPA.

use crate::common::{run, run_with, with_builtins};

const INPUT: &str = r#"{"name": "abc", "n": 3, "xs": [1, 2], "o": {"k": 1}, "flag": false}"#;

const HELPERS: &str = r#"package main
import rego.v1
double(x) := x * 2
hash(x) := crypto.sha256(x)
mock(x) := concat("", ["m", x, x])
"#;

fn check(cases: &[(&str, bool)]) {
    let mut wrong = Vec::new();
    for (body, holds) in cases {
        let text = format!("{HELPERS}deny contains \"yes\" if {{ {body} }}\n");
        let found: Vec<String> = run_with(&text, INPUT, &with_builtins())
            .iter()
            .map(|line| line.split(" @ ").next().unwrap_or("").to_owned())
            .collect();
        let expected: Vec<&str> = if *holds { vec!["yes"] } else { vec![] };
        if found != expected {
            wrong.push(format!("{body}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn operators() {
    check(&[
        ("y := input.name + 1", false),
        ("y := 1 - input.name", false),
        ("y := input.name * 2", false),
        ("y := input.n / input.name", false),
        ("y := input.n / 0", false),
        ("y := input.n % 0", false),
        ("y := input.name & {1}", false),
        ("y := {1} | input.xs", false),
        ("not input.name + 1", true),
        ("not input.missing + 1", false),
        ("not input.name + 1 == 2", false),
        ("y := [1 | input.name + 1]; count(y) == 0", true),
        ("double(input.name)", false),
        ("double(input.n) == 6", true),
        ("every x in input.xs { x + 1 > 1 }", true),
        ("every x in [\"a\"] { x + 1 > 1 }", false),
        ("1 + 2 * 3 == 7", true),
        ("(1 + input.n) * 2 == 8", true),
        ("input.n - 1 - 1 == 1", true),
        ("input.n - (2 - 1) == 2", true),
        ("{1, 2} - {1} == {2}", true),
        ("xs := {x | x := input.xs[_]}; xs - {1} == {2}", true),
        ("xs := {x | x := input.xs[_]}; xs & {1} == {1}", true),
        ("xs := {x | x := input.xs[_]}; count(xs | {7, 8}) == 4", true),
        ("input.xs[_] + 1 == 3", true),
        ("plus := 2; plus + input.n == 5", true),
    ]);
}

#[test]
fn without_the_functions_operators_are_the_engines() {
    let text = "package main\nimport rego.v1\ndeny contains \"yes\" if { y := input.name + 1 }\n";
    assert!(run(text, INPUT)[0].starts_with("failed: main.deny: "));
    // A rule with the same name is not the function.
    let text = "package main\nimport rego.v1\nplus(a, b) := 77\ndeny contains \"yes\" if input.n + 1 == 4\n";
    assert_eq!(run_with(text, INPUT, &with_builtins()), ["yes @ ~n"]);
}

#[test]
fn results_as_arguments() {
    check(&[
        ("crypto.sha256(input.name, y); startswith(y, \"ba7816bf\")", true),
        ("crypto.sha256(input.name, \"x\")", false),
        ("not crypto.sha256(input.name, \"x\")", true),
        ("not crypto.sha256(input.missing, \"x\")", false),
        ("not crypto.sha256(input.n, \"x\")", true),
        ("io.jwt.decode(\"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.AA\", [_, p, _]); p.a == 1", true),
        ("count([y | split(\"a.b\", \".\", [_, y])]) == 1", true),
        ("plus(1, 2, 3)", true),
        ("double(2, y); y == 4", true),
    ]);
}

#[test]
fn replaced_functions() {
    check(&[
        ("crypto.sha256(\"a\") == \"m\" with crypto.sha256 as \"m\"", true),
        ("hash(\"a\") == \"m\" with crypto.sha256 as \"m\"", true),
        ("hash(\"a\") == \"maa\" with crypto.sha256 as mock", true),
        ("not hash(\"a\") == \"m\" with crypto.sha256 as \"m\"", false),
        ("mock(\"a\") == hash(\"a\") with mock as crypto.sha256", true),
        ("startswith(crypto.sha256(\"a\"), \"ca97\")", true),
        ("count([1, 2]) == 7 with count as 7", true),
    ]);
}

#[test]
fn functions_of_opa() {
    check(&[
        (
            "crypto.sha256(\"a\") == \"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"",
            true,
        ),
        (
            "[h, p, s] := io.jwt.decode(\"eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.AA\"); h.alg == \"HS256\"; p.a == 1; s == \"00\"",
            true,
        ),
        ("net.cidr_merge([\"10.0.0.0/25\", \"10.0.0.128/25\"]) == {\"10.0.0.0/24\"}", true),
        ("regex.globs_match(\"a.a.[0-9]+z\", \"b.b.[0-9]+y\")", false),
        ("regex.globs_match(\"a[0-9]*\", \"a1*\")", true),
        ("crypto.sha256(input.n)", false),
        ("not crypto.sha256(input.n)", true),
    ]);
    let text = "package main\nimport rego.v1\ndeny contains \"x\" if time.now_ns() > 1\nwarn contains \"x\" if crypto.x509.parse_certificates(\"\")\n";
    let problems = run_with(text, "{}", &with_builtins());
    assert_eq!(problems.len(), 2, "{problems:?}");
}
