//! What OPA refuses at compilation: invalid declarations of variables, rules and imports.

use crate::common::{files, with_builtins};
use palisade_rego::compile;
use regorus::Value;

/// The first problem of a module after `package a`, without its place.
fn problem(text: &str) -> Option<String> {
    let text = format!("package a\n{text}\n");
    let problems = compile(&files(&[("a.rego", &text)]), &with_builtins()).err()?;
    let first = problems.0.first()?;
    Some(first.what.clone())
}

#[test]
fn variables() {
    for (text, expected) in [
        ("p if { x := 1; x := 2 }", Some("variable x is assigned above")),
        ("p if { some x; x := 2 }", Some("variable x is declared above")),
        ("p if { some x in [1]; some x in [2] }", Some("variable x is declared above")),
        ("p if { y := x; x := 2; y == x }", Some("variable x is used above")),
        ("f(x) := x if x := 2", Some("variable x is an argument already")),
        ("p if { some x; true }", Some("variable x is declared and never used")),
        ("p if every x in [1] { true }", Some("variable x is declared and never used")),
        ("p if [1, x] := [1, 2]", Some("assignment to something other than a variable")),
        ("p if input.x := 1", Some("assignment to something other than a variable")),
        ("p := [x | x := 1; x := 2]", Some("variable x is assigned above")),
        ("p := x if { x := 1; y := [x | x := 2]; count(y) == 1 }", None),
        ("p if every _ in [1] { true }", None),
        ("p if some _, x in [1]", None),
        ("p := x if { x := 1; x == 2 } else := x if { x := 3 }", None),
        ("p := x if { some x; input[x] }", None),
    ] {
        assert_eq!(problem(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn rules() {
    for (text, expected) in [
        ("p := 1\np contains 2", Some("rule data.a.p is defined as something else too")),
        ("p(x) := x\np := 1", Some("rule data.a.p is defined as something else too")),
        ("p(x) := x\np(x, y) := y", Some("rule data.a.p is defined as something else too")),
        ("default p := 1\np contains 2", Some("rule data.a.p is defined as something else too")),
        (
            "default p := 1\np[x] := 1 if some x in [1]",
            Some("rule data.a.p is defined as something else too"),
        ),
        ("default p := 1\ndefault p := 2", Some("rule data.a.p has two defaults")),
        ("p := 1\np.q := 2", Some("rule data.a.p conflicts with rule data.a.p.q, which is within it")),
        ("p.q := 1\np.r := 2\np[x] := 3 if some x in [\"s\"]", None),
        ("p := 1 if false\np := 2", None),
        ("p contains 1\np contains 2", None),
        ("p.q(x) := x\np.r := 1", None),
    ] {
        assert_eq!(problem(text).as_deref(), expected, "{text}");
    }
    let pack = files(&[("a.rego", "package a\nb := 1\n"), ("b.rego", "package a.b\nc := 2\n")]);
    let problems = compile(&pack, &with_builtins()).unwrap_err();
    assert_eq!(problems.0[0].what, "rule data.a.b conflicts with rule data.a.b.c, which is within it");
    let pack = files(&[("a.rego", "package a\nb := 1\n"), ("data.json", r#"{"a": {"b": 2}}"#)]);
    let problems = compile(&pack, &with_builtins()).unwrap_err();
    assert_eq!(problems.0[0].what, "rule data.a.b is at a path at which there is data");
    let pack = files(&[("a.rego", "package a\nb := 1\n"), ("data.json", r#"{"a": {"c": 2}}"#)]);
    assert!(compile(&pack, &with_builtins()).is_ok());
}

#[test]
fn what_v1_refuses_is_read_as_v0_unless_the_file_is_v1() {
    for (text, expected) in [
        ("p := any([true])", "any is a function of the Rego before 1.0"),
        ("import data.b.x\nimport data.c.x\np := 1", "second import of the name x"),
        ("f(input) := input", "variable that hides input"),
        ("f(x) := data + x if data := 1", "variable that hides data"),
    ] {
        let newest = format!("import rego.v1\n{text}");
        assert_eq!(problem(&newest).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(problem("p := any([true])"), None);
    assert_eq!(problem("p if any([true])").as_deref(), Some("any is a function of the Rego before 1.0"));
}

/// The value of `p`.
fn value(text: &str, input: &str) -> Result<String, String> {
    let text = format!("package a\n{text}\n");
    let mut program = compile(&files(&[("a.rego", &text)]), &with_builtins()).map_err(|it| it.to_string())?;
    let input = Value::from_json_str(input).unwrap();
    program.value(&["a", "p"], &input).map(|it| it.to_string()).map_err(|it| it.to_string())
}

#[test]
fn and_or_and_negated_bodies() {
    const INPUT: &str = r#"{"y": 2, "no": false, "a": [1, 2, 3]}"#;
    let undefined = Value::Undefined.to_string();
    for (text, expected) in [
        ("p if input.x or input.y", Some("true")),
        ("p if input.x or input.no", None),
        ("p if input.y and input.a", Some("true")),
        ("p if input.no and input.y or input.a", Some("true")),
        ("p if input.no and (input.y or input.a)", None),
        ("p if not (input.x or input.y)", None),
        ("p if not { input.x; input.y }", Some("true")),
        ("p if { { x := 1; x == 2 } or { x := 2; x == 2 } }", Some("true")),
        ("p := [x | some x in input.a; x == 1 or x == 3]", Some("[1,3]")),
        ("p if {\n\tinput.x\n\tor input.y\n}", Some("true")),
        ("p if { false or input.z with input as {\"z\": 1} }", Some("true")),
        ("p if { input.y == 2 }", Some("true")),
        ("p := {1} == {1}", Some("true")),
    ] {
        let text = format!("import rego.v2\n{text}");
        assert_eq!(value(&text, INPUT).as_deref(), Ok(expected.unwrap_or(&undefined)), "{text}");
    }
    for text in
        ["p if { x := 1 or x := 2 }", "p if not not { true }", "p if true or every x in [1] { x > 0 }"]
    {
        assert!(value(&format!("import rego.v2\n{text}"), INPUT).is_err(), "{text}");
    }
    assert_eq!(value("or := 1\np := or", INPUT).as_deref(), Ok("1"));
}

#[test]
fn annotations_are_there_for_rules() {
    let text = "# METADATA\n# title: mine\n# custom:\n#   level: 3\np := [rego.metadata.rule().title, rego.metadata.rule().custom.level]";
    assert_eq!(value(text, "{}").as_deref(), Ok(r#"["mine",3]"#));
    assert_eq!(value("p := rego.metadata.rule()", "{}").as_deref(), Ok("{}"));
    assert_eq!(value("p := rego.metadata.chain()", "{}").as_deref(), Ok(r#"[{"path":["a","p"]}]"#));
    assert!(value("# METADATA\n# scope: nonsense\np := 1", "{}").is_err());
}

#[test]
fn numbers_and_texts_as_opa_has_them() {
    for (text, expected) in [
        ("p := 0.1 + 0.2", "0.3"),
        ("p := -input.y * 3", "-6"),
        ("p := 1 - -input.y", "3"),
        ("p := {\"z\": 1} < set()", "true"),
        ("p := input.o < {1}", "true"),
        ("p := \"\\ud83d-\\ud83d\\ude42\"", "\"\u{fffd}-\u{1f642}\""),
    ] {
        assert_eq!(value(text, r#"{"y": 2, "o": {"a": 1}}"#).as_deref(), Ok(expected), "{text}");
    }
}
