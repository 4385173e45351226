//! Small texts, one per line.

use palisade_parser_terraform::syntax::json::{self, ValueKind};
use palisade_parser_terraform::syntax::native;

use crate::render;

fn expression(text: &str) -> String {
    native::parse_expression(text).map_or_else(|error| error.message, |it| render::expr(&it))
}

#[test]
fn expressions() {
    for (text, rendered) in [
        ("a", "a"),
        (" a.b ", "a.b"),
        ("((a))", "a"),
        ("-5", "-5"),
        ("- /* x */ 5", "-5"),
        ("-a", "-a"),
        ("-(5)", "-5"),
        ("1 - 5", "(1 - 5)"),
        ("1-5", "(1 - 5)"),
        ("!(a && b)", "!(a && b)"),
        ("a[-1]", "a[-1]"),
        ("a.0.1.b", "a[0][1].b"),
        ("a.*", "a.*{}"),
        ("a[*]", "a[*]{}"),
        ("a.*.0", "a.*{[0]}"),
        ("a[*].*.b[0]", "a[*]{.*{.b}[0]}"),
        ("a.*[0].b", "a.*{}[0].b"),
        ("f()", "f()"),
        ("f(a, b,)", "f(a, b)"),
        ("core::f(1)", "core::f(1)"),
        ("\"${a}\"", "a"),
        ("\"${\"${a}\"}\"", "a"),
        ("\"${a}${b}\"", "`${a} ${b}`"),
        ("\"%{ if a ~} x %{ endif }\"", "`%if a {\"x \"} else {}`"),
        ("{ null = 1, false = 2, 3 = 4, \"${k}\" = 5 }", "{\"null\": 1, \"false\": 2, 3: 4, k: 5}"),
        ("{a: 1}", "{\"a\": 1}"),
        ("{for x in y : x => x}", "<for x in y: x => x>"),
        ("{forest = 1}", "{\"forest\": 1}"),
        ("[for_each]", "[for_each]"),
        ("a\n+\nb", "(a + b)"),
        ("a # b", "a"),
        ("1000000000000000000000000000001", "1000000000000000000000000000001"),
    ] {
        assert_eq!(expression(text), rendered, "{text}");
    }
}

#[test]
fn templates() {
    for (text, rendered) in [
        ("", ""),
        ("a\nb", "\"a\\nb\""),
        ("a ${b}\n", "\"a \" ${b} \"\\n\""),
        ("$${a} ${b} %%{c}", "\"${a} \" ${b} \" %{c}\""),
        ("a\n  ${~ b ~}\n\n  c", "\"a\\n\" ${b} \"\\n  c\""),
        ("%{ for x in xs }${x},%{ endfor }", "%for x in xs {${x} \",\"}"),
        ("100% \"quoted\" \\n $5", "\"100% \\\"quoted\\\" \\\\n $5\""),
        ("${a\n  ? b # c\n  : d}", "${(a ? b : d)}"),
    ] {
        let parts = native::parse_template(text).unwrap();
        assert_eq!(render::parts(&parts), rendered, "{text}");
    }
}

#[test]
fn references_are_keys_in_providers_only() {
    let providers = native::parse("providers = { aws.a = aws.b, aws = aws }\n").unwrap();
    assert_eq!(render::expr(&providers.body.attributes[0].value), "{aws.a: aws.b, \"aws\": aws}");
    let message = "the key of an object is a name, or an expression in parentheses: write `(a.b) = …`";
    assert_eq!(native::parse("others = { aws.a = aws.b }\n").unwrap_err().message, message);
    assert_eq!(native::parse("providers = { aws = { aws.a = 1 } }\n").unwrap_err().message, message);
}

#[test]
fn values_of_variables() {
    let text = "{\"a\": \"${no}\", \"b\": {\"${c}\": [1, null]}}";
    let values = json::parse_values(text).unwrap();
    let rendered: Vec<String> =
        values.iter().map(|it| format!("{} = {}", it.name, render::expr(&it.value))).collect();
    assert_eq!(rendered, ["a = \"${no}\"", "b = {\"${c}\": [1, null]}"]);
    let native = native::parse("\u{feff}a = 1\n").unwrap();
    assert_eq!(render::file(&native), "a 3..4 = 1 7..8\n");
}

#[test]
fn documents() {
    let document = json::document("\u{feff}{\"a\": [1.50, \"\\u00e9\"], \"a\": null, \"b\": true}").unwrap();
    assert_eq!(document.get("a").map(|it| &it.kind), Some(&ValueKind::Null));
    let [first, ..] = document.members() else { panic!() };
    assert_eq!((first.name_span.start, first.name_span.end), (4, 7));
    let [number, text] = first.value.items() else { panic!() };
    assert_eq!((number.span.start, number.span.end), (10, 14));
    assert_eq!(text.as_str(), Some("é"));
    let deep = "[".repeat(100_000);
    assert!(json::document(&deep).is_err());
    let nested = format!("{}{}", "[".repeat(500), "]".repeat(500));
    assert!(json::document(&nested).is_ok());
    assert!(json::parse_values(&format!("{{\"a\": {nested}}}")).is_ok());
}
