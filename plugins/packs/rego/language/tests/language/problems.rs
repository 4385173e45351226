//! Problems of a folder are all reported at once, with their places.

use crate::common::{build, files, settings};
use palisade_rego::compile;
use proptest::prelude::*;

#[test]
fn failures_name_lines_of_their_files() {
    let mut program = build(&[
        ("a.rego", "package main\nimport rego.v1\n\n\n\n\ndeny_a contains \"a\" if input.a\n"),
        (
            "b.rego",
            "package main\nimport rego.v1\nlevel := 1 if input.b\n\nlevel := 2 if input.b\ndeny_b contains \"b\" if level > 1\n",
        ),
        ("c.rego", "package main\nimport rego.v1\n\ndeny_c contains \"c\" if input.c\n"),
    ])
    .unwrap();
    let input = regorus::Value::from_json_str(r#"{"a": 1, "b": 1, "c": 1}"#).unwrap();
    let mut judge = |row| program.judge(row, &input);
    assert_eq!((judge(0).unwrap().found.len(), judge(2).unwrap().found.len()), (1, 1));
    let failure = judge(1).unwrap_err();
    assert!(failure.what.ends_with(" (line 5)"), "{failure}");
    assert!(!failure.what.contains("joined"), "{failure}");
}

#[test]
fn all_at_once() {
    let problems = build(&[
        ("a.rego", "package a\nimport rego.v1\ndeny contains x if input.a\ndeny contains \"y\" if nope(1)\n"),
        ("b.rego", "package b\ndeny contains if\n"),
        ("c.rego", "# METADATA\n# title: [\npackage c\n"),
        ("d.rego", "# METADATA\n# custom:\n#   severity: huge\npackage palisade.d\nimport rego.v1\nviolation contains \"x\" if true\n"),
        ("data.yaml", "- 1\n"),
    ])
    .unwrap_err();
    let shown: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 6, "{shown:#?}");
    let starts = [
        "a.rego:3:15: variable x is unsafe",
        "a.rego:4:22: function nope not found",
        "b.rego:",
        "c.rego:1:1: annotation",
        "d.rego:1:1: severity \"huge\"",
        "data.yaml:0:0: data file",
    ];
    for (shown, start) in shown.iter().zip(starts) {
        assert!(shown.starts_with(start), "{shown} / {start}");
    }
}

#[test]
fn one_at_a_time() {
    for (text, problem) in [
        ("", "a.rego:1:1: expected `package` at the start of the file, found the end of the file"),
        ("package a\np := \"x", "a.rego:2:6: string without an end on its line"),
        ("package a\np := `x", "a.rego:2:6: raw string without an end; close it with a backtick"),
        ("package a\np := \"\\q\"", "a.rego:2:6: string with a malformed escape"),
        ("package a\nimport rego.v1\np { true }", "a.rego:3:3: body without `if`; write `if` before `{`"),
        ("package a\np := 1; q := 2", "a.rego:2:7: expected a rule, found `;`"),
        ("package a\np if {", "a.rego:2:7: expected an expression, found the end of the file"),
        (
            "package a\nimport x.y",
            "a.rego:2:1: import of x.y; imports begin with data, input, future.keywords, rego.v1 or rego.v2",
        ),
        ("package a\np := @", "a.rego:2:6: unexpected character '@'"),
    ] {
        let problems = compile(&files(&[("a.rego", text)]), &settings()).unwrap_err();
        assert_eq!(problems.0[0].to_string(), problem, "{text}");
    }
}

#[test]
fn a_control_whose_head_has_a_key() {
    for (package, rule, name) in [
        ("main", "deny[msg] if { msg := input.a }", "deny"),
        ("main", "deny[msg] := 1 if { msg := input.a }", "deny"),
        ("main", "deny.sub contains msg if { msg := input.a }", "deny"),
        ("main", "deny_more[\"x\"].y := 1 if input.a", "deny_more"),
        ("main", "warn.a.b if input.a", "warn"),
        ("palisade.a", "violation[msg] if { msg := input.a }", "violation"),
        ("sysdig", "risky.a if input.a", "risky"),
    ] {
        let text = format!("package {package}\nimport rego.v1\n{rule}\n");
        let problems = build(&[("a.rego", &text)]).unwrap_err();
        let shown = problems.0[0].to_string();
        let expected =
            format!("a.rego:3:1: the head of `{name}` has a key, so nothing that it finds would count");
        assert!(shown.starts_with(&expected), "{rule}: {shown}");
        assert!(shown.ends_with(&format!("; write `{name} contains msg if`")), "{rule}: {shown}");
    }
    for text in [
        "package main\nimport rego.v1\ndeny contains msg if { msg := input.a }\nhelp[msg] if { msg := input.a }\n",
        "package main\nimport rego.v1\ndeny_(x) := x\ndeny contains \"x\" if deny_(1)\n",
        "package main\ndeny[msg] { msg := input.a }\n",
    ] {
        assert!(build(&[("a.rego", text)]).is_ok(), "{text}");
    }
}

#[test]
fn recursion() {
    for (text, problem) in [
        ("f(x) := f(x - 1) if x > 0", Some("a.rego:2:1: rule data.a.f is recursive: data.a.f -> data.a.f")),
        (
            "f(x) := g(x)\ng(x) := [y | some y in h(x)]\nh(x) := f(x)",
            Some("a.rego:2:1: rule data.a.f is recursive: data.a.f -> data.a.g -> data.a.h -> data.a.f"),
        ),
        (
            "f(x) := p + x\np := data.a.f(1)",
            Some("a.rego:2:1: rule data.a.f is recursive: data.a.f -> data.a.p -> data.a.f"),
        ),
        ("p if q\nq if p", Some("a.rego:2:1: rule data.a.p is recursive: data.a.p -> data.a.q -> data.a.p")),
        ("p contains x if some x in p", Some("a.rego:2:1: rule data.a.p is recursive")),
        ("f(x) := g(g(x))\ng(x) := h(x)\nh(x) := x", None),
        ("f(f) := f\np := f(1)", None),
        ("f(x) := y if { y := x }\np := y if { y := f(1) }\ny := p", None),
    ] {
        let text = format!("package a\n{text}\n");
        let found = compile(&files(&[("a.rego", &text)]), &settings()).err().map(|it| it.0[0].to_string());
        match (&found, problem) {
            (Some(found), Some(problem)) => assert!(found.starts_with(problem), "{text}: {found}"),
            _ => assert_eq!(found.as_deref(), problem, "{text}"),
        }
    }
    let chain = |count: usize| {
        let long = (0..count).map(|it| format!("f{it}(x) := f{}(x)\n", it + 1)).collect::<Vec<_>>().concat();
        let text = format!("package a\n{long}f{count}(x) := x\n");
        compile(&files(&[("a.rego", &text)]), &settings()).err().map(|it| it.0[0].to_string())
    };
    assert_eq!(chain(120), None);
    assert_eq!(
        chain(20_000).as_deref(),
        Some(
            "a.rego:19874:1: rule data.a.f19872 asks for more than 128 others in a row; take some of them together"
        )
    );
    let long = (0..20_000).map(|it| format!("f{it}(x) := f{}(x)\n", it + 1)).collect::<Vec<_>>().concat();
    let _ = compile(&files(&[("a.rego", &format!("package a\n{long}f20000(x) := f0(x)\n"))]), &settings())
        .unwrap_err();
}

#[test]
fn bombs_end_at_once() {
    let nested = |open: &str, close: &str, count: usize| {
        format!("package a\np := {}1{}\n", open.repeat(count), close.repeat(count))
    };
    // Within the limits, and beyond them.
    for (text, fine) in [
        (nested("{\"a\":[", "]}", 12), true),
        (nested("[", "]", 60), true),
        (nested("[", "]", 65), false),
        (nested("{\"a\":[", "]}", 5000), false),
        (format!("package a\np if {{ x := 1; {}x{} }}\n", "[".repeat(60), "]".repeat(60)), true),
        (format!("package a\np if {}true{}\n", "count([1 | ".repeat(30), "]) > 0".repeat(30)), true),
        (format!("package a\np := 1{}\n", " + 1".repeat(190)), true),
        (format!("package a\np := 1{}\n", " + 1".repeat(5000)), false),
        (format!("package a\np := [x | {}]\n", "[x | y, ".repeat(50)), false),
        (format!("package a\np := [{}]\n", "1, ".repeat(100_000)), true),
        (format!("package a\np := [{}]\n", "input.x, ".repeat(10_000)), true),
        (format!("package a\np := \"{}\"\n", "x".repeat(200_000)), true),
        (format!("package a\n{}", "p if input.x\n".repeat(2000)), true),
        (
            format!("package a\nimport rego.v2\np if {}true{}\n", "{ x | {".repeat(25), "} }".repeat(25)),
            false,
        ),
        (format!("package a\nimport rego.v2\np if {}true{}\n", "(".repeat(60), ")".repeat(60)), true),
        (format!("package a\nimport rego.v2\np if true{}\n", " or true".repeat(5000)), false),
    ] {
        assert_eq!(compile(&files(&[("a.rego", &text)]), &settings()).is_ok(), fine, "{}", &text[..40]);
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "package a\n",
        "import rego.v1\n",
        "import data.b as c\n",
        "import rego.v2\n",
        " or ",
        " and ",
        "p",
        " if ",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        " := ",
        " = ",
        " == ",
        "\n",
        ";",
        ", ",
        ".",
        "input",
        "data",
        "x",
        "_",
        "not ",
        "some ",
        " in ",
        "every ",
        " with ",
        " as ",
        "contains ",
        "else ",
        "default ",
        "1",
        "-1",
        "\"s\"",
        "`r`",
        "#c\n",
        "# METADATA\n# title: t\n",
        "|",
        "&",
        "+",
        "-",
        "null",
        "true",
        "walk(input, [p, v])",
        "$\"",
        "$`",
        "`",
        "\\{",
        "count(input.x)",
        "deny",
        "\"",
        "\\",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in pieces(), any in ".{0,80}") {
        for text in [text.clone(), format!("package a\n{text}"), format!("package a\ndeny contains x if {{\n{text}\n}}\n"), any] {
            if let Ok(mut program) = compile(&files(&[("a.rego", &text)]), &settings()) {
                program.prime();
                for row in 0..program.controls().len() {
                    let _ = program.judge(row, &regorus::Value::new_object());
                }
            }
        }
    }
}
