//! Malicious files.

#![cfg(test)]

mod common;

use std::fmt::Write;
use std::time::{Duration, Instant};

use palisade_sdk::parser::{Parsed, Status};

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

/// Parses a manifest that continues with `rest`, in at most 10 seconds.
fn check(rest: &str, status: Status, reason: &str) -> Parsed {
    let text = format!("{POD}{rest}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: after}}\n");
    let start = Instant::now();
    let parsed = common::parse(&text);
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
    let covered = &parsed.coverage[0];
    assert_eq!(covered.status, status, "{}", covered.reason);
    assert!(covered.reason.contains(reason), "{}", covered.reason);
    let last = parsed.batch.resource_views().last().map(|view| view.address());
    assert_eq!(last, Some("Namespace/after"), "what follows is lost");
    parsed
}

#[test]
fn alias_bomb() {
    let mut text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let links = vec![format!("*l{}", level - 1); 10].join(", ");
        writeln!(text, "l{level}: &l{level} [{links}]").unwrap();
    }
    let parsed = check(&text, Status::Partial, "nearly all of it are aliases");
    assert!(parsed.batch.nodes.len() < 500);
}

#[test]
fn list_bomb() {
    let mut text = "apiVersion: v1\nkind: List\nl0: &l0 {apiVersion: v1, kind: Pod}\n".to_owned();
    for level in 1..30 {
        let links = vec![format!("*l{}", level - 1); 10].join(", ");
        writeln!(text, "l{level}: &l{level} {{apiVersion: v1, kind: List, items: [{links}]}}").unwrap();
    }
    text.push_str("items: [*l29, *l29]\n");
    let parsed = common::parse(&text);
    assert_eq!(parsed.batch.resources.len(), 1);
}

#[test]
fn merge_bomb() {
    let mut text = "m0: &m0 {".to_owned();
    for key in 0..1000 {
        write!(text, "k{key}: 1, ").unwrap();
    }
    text.push_str("}\n");
    for level in 1..1000 {
        writeln!(text, "m{level}: &m{level} {{<<: *m{}, x{level}: 1}}", level - 1).unwrap();
    }
    check(&text, Status::Failed, "more than 100000 values");
}

#[test]
fn aliases_that_lead_nowhere() {
    check("a: *b\nb: &b 1", Status::Failed, "not defined before it");
    check("a: &a {b: *a}", Status::Failed, "cannot contain itself");
    check("a: &a [[*a]]", Status::Failed, "cannot contain itself");
    check("a: &a {<<: *a}", Status::Failed, "cannot contain itself");
    check("a: &a 1\n---\napiVersion: v1\nkind: Pod\nb: *a", Status::Failed, "not defined before it");
    check("<<: 1", Status::Failed, "a merge key");
    check("<<: [{a: 1}, 2]", Status::Failed, "a merge key");
    check("? [a]\n: b", Status::Failed, "a key must be a text");
    check("{a: b}: c", Status::Failed, "a key must be a text");
}

#[test]
fn nesting() {
    let nested = |depth: usize| format!("a:\n  {}x", "- ".repeat(depth));
    check(&nested(500), Status::Scanned, "");
    for depth in [600, 10_000, 100_000] {
        check(&nested(depth), Status::Failed, "nested deeper than 512");
    }
    for depth in [10_000, 100_000] {
        for text in [
            format!("a: {}", "[".repeat(depth)),
            format!("a: {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("a: {}", "{a: ".repeat(depth)),
            format!("a: {}", "[{".repeat(depth)),
        ] {
            check(&text, Status::Failed, "nested deeper than 255");
        }
    }
    let indented: String = (1..2000).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth)).unwrap();
        text
    });
    check(&format!("a:\n{indented}"), Status::Failed, "nested deeper than 512");
    check(&format!("a:\n  {}", "? ".repeat(100_000)), Status::Failed, "");
}

#[test]
fn nested_json() {
    for (depth, status) in [(400, Status::Scanned), (600, Status::Failed), (100_000, Status::Failed)] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            let text = format!("{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"x\":{open}1{close}}}");
            let parsed = common::parse(&text);
            assert_eq!(parsed.coverage[0].status, status, "{}", parsed.coverage[0].reason);
        }
    }
}

#[test]
fn many() {
    let mut keys = String::from("data:\n");
    for key in 0..200_000 {
        writeln!(keys, "  k{key}: {key}").unwrap();
    }
    check(&keys, Status::Scanned, "");
    let same = format!("data:\n{}", "  k: 1\n".repeat(100_000));
    let parsed = check(&same, Status::Scanned, "");
    assert!(parsed.diagnostics.len() <= 101);
    check(&format!("data: [{}]", "1,".repeat(100_000)), Status::Scanned, "");
    check(&format!("data:\n{}", "- &a b\n- *a\n".repeat(50_000)), Status::Scanned, "");
    check(&format!("data: {}", "x".repeat(3_000_000)), Status::Scanned, "");
    check(&format!("data: \"{}\"", "é\\n".repeat(300_000)), Status::Scanned, "");
    check(&format!("data:{}", "\n\n# comment".repeat(100_000)), Status::Scanned, "");
    check(&format!("data: 'a{}'", "\n".repeat(300_000)), Status::Scanned, "");
}

#[test]
fn many_documents() {
    let broken =
        format!("{POD}---\na: b: c\n").repeat(1).replace("a: b: c\n", &"a: b: c\n---\n".repeat(20_000));
    check(&broken, Status::Failed, "mapping values");
    check(&"\n---\n'open".repeat(20_000), Status::Failed, "never closed");
    check(&format!("\n---\n{POD}a: [\nb\n]").repeat(5_000), Status::Scanned, "");
}

#[test]
fn too_many_nodes() {
    let text = format!("{POD}a: [{}]", "1,".repeat(2_000_001));
    let covered = common::parse(&text).coverage.remove(0);
    assert_eq!(covered.status, Status::Failed);
    assert!(covered.reason.contains("more than 2000000 values"), "{}", covered.reason);
}

#[test]
fn strange_characters() {
    check("a: \0", Status::Failed, "NUL");
    check("a: \"\0\"", Status::Failed, "");
    check("a: \u{1}b", Status::Failed, "control character");
    check("a: b # \u{7f}", Status::Failed, "control character");
    check("a: \"\u{85}\u{2028}b\"", Status::Scanned, "");
    // For kubectl a comment ends at this character, and the text after it counts.
    check("a: b # \u{85}hostPID: true", Status::Failed, "a new line at this character");
    check("a: b # \u{2028}hostPID: true", Status::Failed, "a new line at this character");
    check("a: @b", Status::Failed, "cannot begin with `@`");
    check("a: %b", Status::Failed, "cannot begin with `%`");
    check("\ta: b", Status::Failed, "tab");
    check("a: \"\\q\"", Status::Failed, "no such escape");
}
