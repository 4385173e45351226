//! Where the engine and OPA part: each line is a body of a rule, what OPA says to it, and what we do.

use crate::common::run;

/// `deny contains "x" if BODY`, over this input.
const INPUT: &str = r#"{"a": {"b": 1, "c": [1, 2]}, "xs": [1, 2], "flag": false, "name": "abc"}"#;

const HELPERS: &str = r"package main
import rego.v1
f(x, k) if x[k]
g(x) := x + 1
i := 7
x := 9
";

#[test]
fn bodies() {
    let cases: &[(&str, bool)] = &[
        // Pairs of `walk`, in every way of writing it.
        ("[p, v] := walk(input.a); v == 1", true),
        ("[p, v] = walk(input.a); v == 1", true),
        ("walk(input.a, [p, v]); v == 1", true),
        ("y := walk(input.a); y[1] == 1", true),
        ("walk(input.a) = [p, v]; v == 2; p == [\"c\", 1]", true),
        ("some p, v; [p, v] = walk(input.a); v == 1", true),
        ("some p; [p, 1] = walk(input.a)", true),
        ("[_, v] := walk(input.a); v == 77", false),
        ("count({p | [p, _] = walk(input.a)}) == 5", true),
        ("count([p | walk(input.a)[1] == 1; p := 1]) == 2", true),
        // What `not` is given has to be there.
        ("not f(input.missing, \"k\")", false),
        ("not f(input.a, \"k\")", true),
        ("not f(input.a, \"b\")", false),
        ("not input.missing", true),
        ("not input.missing == 1", true),
        ("not input.missing > 1", false),
        ("not input.missing != 1", false),
        ("not input.a[input.missing]", false),
        ("not startswith(input.missing, \"a\")", false),
        ("not startswith(input.name, \"b\")", true),
        ("not g(input.a.b) == 3", true),
        ("not input.flag", true),
        ("not f(object.get(input, \"missing\", {}), \"k\")", true),
        ("not input.missing in [1]", false),
        // Errors of functions are undefined.
        ("x := to_number(\"abc\")", false),
        ("not to_number(\"abc\")", true),
        ("y := 1 / 0", false),
        ("count(1) == 0", false),
        // Names that hide others.
        ("some i; input.xs[i] == 2; i == 1", true),
        ("some x in input.xs; y := [x | some x in input.xs]; count(y) == 2", true),
        ("x := input.xs[_]; y := [x | x := input.xs[_]]; count(y) == 2", true),
        ("every x in input.xs { x > 0 }; x := input.xs[_]; x == 2", true),
        ("some j; input.xs[j] == 1; z := [k | some j; k := input.xs[j]]; count(z) == 2; j == 0", true),
        // Orders.
        ("z := y + 1; y := input.xs[_]; z == 3", true),
        ("not input.nothing[n]; some n; input.xs[n] == 1", true),
        ("n == 2; n = input.xs[_]", true),
        ("y == [z | z := input.xs[_] + m]; m := 1; y := [2, 3]", true),
        // Panics.
        ("object.subset([1, 2], [])", true),
        ("object.subset([1, 2, 3], [2, 3])", true),
        ("object.subset({\"a\": {\"b\": 1, \"c\": 2}}, {\"a\": {\"b\": 1}})", true),
        ("object.subset({1, 2}, {3})", false),
        ("object.subset(1, [])", false),
        ("strings.count(\"abc\", \"\") == 4", true),
        ("strings.count(\"cheese\", \"e\") == 3", true),
        // Literals, deep and long.
        ("{\"a\": [{\"a\": [{\"a\": [{\"a\": [{\"a\": [{\"a\": [1]}]}]}]}]}]}.a[0].a", true),
        ("y := 1; [[[[[[[[[[y]]]]]]]]]][0][0][0][0][0][0][0][0][0][0] == 1", true),
        ("count([1 | count([1 | count([1 | count([1 | count([1 | true]) > 0]) > 0]) > 0]) > 0]) > 0", true),
    ];
    let mut wrong = Vec::new();
    for (body, holds) in cases {
        let text = format!("{HELPERS}deny contains \"yes\" if {{ {body} }}\n");
        let found: Vec<String> =
            run(&text, INPUT).iter().map(|line| line.split(" @ ").next().unwrap_or("").to_owned()).collect();
        let expected: Vec<&str> = if *holds { vec!["yes"] } else { vec![] };
        if found != expected {
            wrong.push(format!("{body}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn refused() {
    let mut wrong = Vec::new();
    for (body, problem) in [
        ("y == 1", "p.rego:7:26: variable y is unsafe: nothing gives it a value"),
        ("input.xs[n] == 1; not q", "p.rego:7:48: variable q is unsafe: nothing gives it a value"),
        ("not input.xs[q] == 1", "p.rego:7:30: variable q is unsafe: nothing gives it a value"),
        ("http.send({})", "p.rego:7:26: http.send is not there: a pack has no network"),
        (
            "time.now_ns() > 1",
            "p.rego:7:26: time.now_ns is not there: equal input must give equal results, so a pack has no clock",
        ),
        (
            "rand.intn(\"a\", 2) > 1",
            "p.rego:7:26: rand.intn is not there: equal input must give equal results, so a pack has no chance",
        ),
        ("no_such(1)", "p.rego:7:26: there is no function no_such"),
        ("data.lib.no_such(1)", "p.rego:7:26: there is no function data.lib.no_such"),
        ("count(1, 2, 3)", "p.rego:7:26: count takes 1 arguments, and has 3 here"),
        ("f(1)", "p.rego:7:26: f takes 2 arguments, and has 1 here"),
        ("$\"a {input.x}\" == 1", "p.rego:7:26: template strings are not supported"),
    ] {
        let text = format!("{HELPERS}deny contains \"yes\" if {{ {body} }}\n");
        let found = run(&text, INPUT);
        if !found.iter().any(|line| line.starts_with(problem)) {
            wrong.push(format!("{body}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
