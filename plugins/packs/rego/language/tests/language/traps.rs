//! Differences between the engine and OPA: each line is the body of a rule, its result in OPA, and ours.

use crate::common::run;

/// `deny contains "x" if BODY`, over this input.
const INPUT: &str = r#"{"a": {"b": 1, "c": [1, 2]}, "xs": [1, 2], "flag": false, "name": "abc"}"#;

const HELPERS: &str = r"package main
import rego.v1
f(x, k) if x[k]
g(x) := x + 1
any_of(x) if some _ in x
g_all(xs) := [g(x) | some x in xs]
i := 7
x := 9
";

#[test]
fn bodies() {
    let cases: &[(&str, bool)] = &[
        // Pairs of `walk`, in every notation.
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
        // The arguments of `not` must exist.
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
        // Template strings.
        ("$\"{input.name}, {input.missing}!\" == \"abc, <undefined>!\"", true),
        (
            "$\"{1 + input.a.b} {input.flag} {null} {input.xs} {input.a}\" == `2 false null [1, 2] {\"b\": 1, \"c\": [1, 2]}`",
            true,
        ),
        ("$\"{{1, \"a\"}} {set()}\" == `{1, \"a\"} set()`", true),
        ("$\"{[y | some y in input.xs]}\" == \"[1, 2]\"", true),
        ("$\"\\{x} \\n\\u0041\" == \"{x} \\nA\"", true),
        ("$`\\{x} \\n{input.name}` == `{x} \\nabc`", true),
        ("$\"{upper($\"<{input.name}>\")}{input[\"name\"]}\" == \"<ABC>abc\"", true),
        ("$\"\" == \"\"", true),
        ("y := input.xs[_]; $\"{y}\" == \"2\"", true),
        ("$\"{y}\" == \"2\"; y = input.xs[_]", true),
        ("not $\"{input.missing}\" == \"a\"", true),
        ("$\"{to_number(\"a\")}\" == \"<undefined>\"", true),
        // A value that is not a collection has no items.
        ("some x in input.name", false),
        ("some x in input.missing", false),
        ("not any_of(input.name)", true),
        ("some k, v in input.a; k == \"b\"; v == 1", true),
        ("some \"b\", v in input.a; v == 1", true),
        ("some k, _ in input.xs; k == 1", true),
        ("some v in {input.name, false}; v == false", true),
        ("s := {input.name, false}; some v in s; v == false", true),
        ("s := {input.name, false}; some k, v in s; k == v; v == false", true),
        ("s := {[1, 2], [3, 4]}; some [3, y] in s; y == 4", true),
        ("some x in object.get(input, \"xs\", []); x == 2", true),
        ("some x in object.get(input, \"name\", []); x == 2", false),
        ("some i, x in array.concat(input.xs, [7]); i == 2; x == 7", true),
        ("some x in input.xs; some y in input.xs; x + y == 4", true),
        ("some x in g_all(input.xs); x == 3", true),
        ("some {\"q\": z} in [{\"q\": 1}]; z == 1", true),
        ("os := [{\"q\": 1}]; some {\"q\": z} in os; z == 1", true),
        // Orders.
        ("z := y + 1; y = input.xs[_]; z == 3", true),
        ("not input.nothing[n]; input.xs[n] == 1", true),
        ("n == 2; n = input.xs[_]", true),
        ("y == [z | z := input.xs[_] + m]; m = 1; y = [2, 3]", true),
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
        ("y == 1", "p.rego:9:26: variable y is unsafe: nothing gives it a value"),
        ("input.xs[n] == 1; not q", "p.rego:9:48: variable q is unsafe: nothing gives it a value"),
        ("not input.xs[q] == 1", "p.rego:9:30: variable q is unsafe: nothing gives it a value"),
        ("http.send({})", "p.rego:9:26: http.send is not there: a pack has no network"),
        (
            "time.now_ns() > 1",
            "p.rego:9:26: time.now_ns is not there: equal input must give equal results, so a pack has no clock",
        ),
        (
            "rand.intn(\"a\", 2) > 1",
            "p.rego:9:26: rand.intn is not there: equal input must give equal results, so a pack has no chance",
        ),
        ("no_such(1)", "p.rego:9:26: function no_such not found"),
        ("data.lib.no_such(1)", "p.rego:9:26: function data.lib.no_such not found"),
        ("count(1, 2, 3)", "p.rego:9:26: count takes 1 arguments, and has 3 here"),
        ("f(1)", "p.rego:9:26: f takes 2 arguments, and has 1 here"),
        ("$\"a {q}\" == 1", "p.rego:9:31: variable q is unsafe"),
        ("$\"a {input.x\" == 1", "p.rego:9:38: string without an end on its line"),
        ("$\"a {}\" == 1", "p.rego:9:31: expected an expression, found `}`"),
        ("$\"{input.xs[_]}\" == \"1\"", "p.rego:9:38: `_` in a template string"),
        ("$\"{y}\" == \"2\"; y := input.xs[_]", "p.rego:9:41: variable y is used above"),
        ("y := 2; some y in input.xs; y == 1", "p.rego:9:39: variable y is assigned above"),
        ("z := y + 1; y := input.xs[_]; z == 3", "p.rego:9:38: variable y is used above"),
        ("not input.nothing[n]; some n; input.xs[n] == 1", "p.rego:9:53: variable n is used above"),
        ("$\"a \\q\" == 1", "p.rego:9:28: template string with a malformed escape"),
    ] {
        let text = format!("{HELPERS}deny contains \"yes\" if {{ {body} }}\n");
        let found = run(&text, INPUT);
        if !found.iter().any(|line| line.starts_with(problem)) {
            wrong.push(format!("{body}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
