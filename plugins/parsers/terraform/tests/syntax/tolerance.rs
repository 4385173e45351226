//! Texts that other parsers refuse, and texts that are invalid.

use palisade_parser_terraform::syntax::{SyntaxError, json, native};
use palisade_text::Lines;

use crate::render;

#[test]
fn what_terraform_accepts_is_read() {
    let mut wrong = Vec::new();
    for (text, rendered) in [
        ("\u{feff}a = 1", "a 3..4 = 1 7..8\n"),
        ("a = {for k, v in b : k => v\n ? 1\n : 2}", "a 0..1 = <for k, v in b: k => (v ? 1 : 2)> 4..38\n"),
        (
            "a = {for k in b\n : k\n => k\n && c\n if\n k}",
            "a 0..1 = <for k in b: k => (k && c) if k> 4..40\n",
        ),
        ("a = [for k in b # c\n && d : k]", "a 0..1 = <for k in (b && d): k> 4..30\n// 16..19 \"c\"\n"),
        ("a = [for\r\n k in b : k]", "a 0..1 = <for k in b: k> 4..22\n"),
        ("a = f(b\n # c\n ? 1 : 2)", "a 0..1 = f((b ? 1 : 2)) 4..22\n// 9..12 \"c\"\n"),
        ("a = \"${b\n ? 1\n : 2}\"", "a 0..1 = (b ? 1 : 2) 4..20\n"),
        ("a = \"%{ if b\n && c }x%{ endif }\"", "a 0..1 = `%if (b && c) {\"x\"} else {}` 4..32\n"),
        ("a = !\n(b)", "expected an expression, found the end of the line"),
        ("a = (!\nb)", "a 0..1 = !b 5..8\n"),
        ("a = { b = 1, b = 2 }", "a 0..1 = {\"b\": 2} 4..20\n"),
        (
            "a = {\n b = {\n c = 1 # d\n }\n \"x y\" = 2\n b = 3\r\n \"x y\" = 4\n b = 5\n}",
            "a 0..1 = {\"x y\": 4, \"b\": 5} 4..65\n// 20..23 \"d\"\n",
        ),
        ("a = 1 # b\r c\nd = 2", "a 0..1 = 1 4..5\nd 13..14 = 2 17..18\n// 6..12 \"b\\r c\"\n"),
        ("a = 1\rb = 2\r", "a 0..1 = 1 4..5\nb 6..7 = 2 10..11\n"),
        ("a = 1\r\r\nb = 2", "a 0..1 = 1 4..5\nb 8..9 = 2 12..13\n"),
        ("a = <<E\nE x\n E\nb = 1", "a 0..1 = \"E x\\n\" 4..14\nb 15..16 = 1 19..20\n"),
        ("a = <<E\r\nb\r\nE\r\n", "a 0..1 = \"b\\r\\n\" 4..13\n"),
    ] {
        let found = match native::parse(text) {
            Ok(file) => render::file(&file),
            Err(error) => error.message,
        };
        if found != rendered {
            wrong.push(format!("{text:?}\n{found:?}\n{rendered:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

fn report(text: &str, error: &SyntaxError) -> String {
    let (line, column) = Lines::new(text).position(error.at);
    format!("{line}:{column} {}", error.message)
}

#[test]
fn what_is_broken_says_where_and_why() {
    let deep = format!("a = {}1{}", "(".repeat(70), ")".repeat(70));
    let chain = format!("a = 1{}", " + 1".repeat(200));
    let steps = format!("a = b{}", ".c".repeat(200));
    let table = [
        "a",
        "a = ",
        "a = 1 b = 2",
        "a = [1, 2\nb = 3\n",
        "a = [1, 2",
        "a = (1]\n",
        "resource \"x\" \"y\" {\n  a = 1\n",
        "resource \"x\" \"y\" {\n  a = 1\n}\n}\n",
        "a = \"é\nb = 1\n",
        "a = \"${b\"\nc = 1\n",
        "a = <<EOT\nb\n",
        "/* a\n",
        "a = \"\\/\"",
        "a = \"\\u12\"",
        "a = 1\na = 2\n",
        "b {\n  1 = 2\n}\n",
        "b { c { } }",
        "a = { b }",
        "a = { b = 1 c = 2 }",
        "a = f(b",
        "a = f(b c)",
        "a = b.",
        "a = [for x y : z]",
        "a = ?",
        "é = \u{1}",
        "<<<<<<< HEAD\n",
        "a = \"%{ if b }\"",
        deep.as_str(),
        chain.as_str(),
        steps.as_str(),
    ];
    let lines = table.iter().map(|text| {
        let error = native::parse(text).unwrap_err();
        let shown: String = text.chars().take(40).collect();
        format!("{:<44} {}", format!("{shown:?}"), report(text, &error))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn broken_json_says_where_and_why() {
    let table = [
        "",
        "[1]",
        "{\"resource\": 1}",
        "{\"resource\": {\"a\": {\"b\": [1]}}}",
        "{\"locals\": {\"a\": \"é ${\"}}",
        "{\"locals\": {\"a\": \"\\n${1 +}\"}}",
        "{\"output\": {\"a\": {\"depends_on\": [\"b c\"]}}}",
        "{\"a\": 1,}",
        "{\"a\": 1 // b\n}",
        "{\"a\": 'b'}",
        "{\"a\" 1}",
        "{} {}",
    ];
    let lines = table.iter().map(|text| {
        let error = json::parse(text).unwrap_err();
        format!("{:<44} {}", format!("{text:?}"), report(text, &error))
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}
