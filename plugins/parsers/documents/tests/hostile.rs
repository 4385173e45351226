//! Malicious files.

#![cfg(test)]

mod common;

use std::fmt::Write;
use std::time::{Duration, Instant};

use palisade_sdk::parser::Status;

/// Parses a text, in at most 10 seconds.
fn check(path: &str, text: &str, status: Status, reason: &str) {
    let start = Instant::now();
    let parsed = common::parse(path, text);
    assert!(start.elapsed() < Duration::from_secs(10), "{path} took {:?}", start.elapsed());
    let covered = &parsed.coverage[0];
    assert_eq!(covered.status, status, "{path}: {}", covered.reason);
    assert!(covered.reason.contains(reason), "{path}: {}", covered.reason);
}

#[test]
fn nesting() {
    for (path, before, open) in [
        ("a.yaml", "a: ", "["),
        ("a.yaml", "a: ", "{a: "),
        ("a.json", "", "["),
        ("a.json", "", "{\"a\": "),
        ("a.toml", "a = ", "["),
        ("a.toml", "a = ", "{a = "),
        ("a.tf", "a = ", "["),
        ("a.tf", "a = ", "("),
        ("a.tf", "a = ", "{a = "),
        ("a.tf", "a = ", "\"${"),
        ("a.tf", "a = ", "-"),
        ("a.tf", "", "a {\n"),
    ] {
        let close: String = open
            .chars()
            .rev()
            .filter_map(|it| match it {
                '[' => Some(']'),
                '(' => Some(')'),
                '{' => Some('}'),
                '"' => Some('"'),
                _ => None,
            })
            .collect();
        let text = format!("{before}{}1{}", open.repeat(50_000), close.repeat(50_000));
        let parsed = common::parse(path, &text);
        // `{{` may also be that of a template.
        assert!(parsed.coverage[0].status != Status::Scanned, "{path} {open}");
        assert!(parsed.batch.resources.is_empty());
        common::parse(path, &format!("{before}{}", open.repeat(50_000)));
    }
    let dotted = vec!["a"; 50_000].join(".");
    check("a.toml", &format!("[{dotted}]"), Status::Failed, "");
    check("a.toml", &format!("{dotted} = 1"), Status::Failed, "");
    check("a.tf", &format!("a {} {{}}", "\"b\" ".repeat(50_000)), Status::Failed, "deeper than 200");
}

#[test]
fn many() {
    let lines = |line: &str| line.repeat(100_000);
    let mut keys = String::new();
    for key in 0..100_000 {
        writeln!(keys, "k{key}=1").unwrap();
    }
    for path in ["a.ini", ".env", "a.properties", "a.toml", "a.tf"] {
        check(path, &keys, Status::Scanned, "");
    }
    check("a.ini", &lines("[a]\nb=1\n"), Status::Scanned, "");
    check("a.ini", &lines("a=b\\\n"), Status::Scanned, "");
    check(".env", &lines("A=\"\n"), Status::Scanned, "");
    check(".env", &lines("A=\"b\"c\n"), Status::Failed, "closing quote");
    check(".env", &lines("A='b\n'\n"), Status::Scanned, "");
    check(".env", &lines("A=$B$B$B$B\n"), Status::Scanned, "");
    check(".env", &format!("A=aaaaaaaa\n{}", lines("A=$A$A$A$A\n")), Status::Failed, "more than");
    check("a.properties", &lines("a\\\n"), Status::Scanned, "");
    check("a.properties", &lines("a=\\u0041\n"), Status::Scanned, "");
    check("Dockerfile", &lines("RUN a \\\n"), Status::Scanned, "");
    check("Dockerfile", &lines("RUN a --b='c d' [\"x\"]\n"), Status::Scanned, "");
    check("Dockerfile", &lines("# a\n"), Status::Failed, "without any instruction");
    check("Dockerfile", &format!("RUN {}", lines("<<a ")), Status::Failed, "never ends");
    check("Dockerfile", &format!("ENV {}", lines("a=\"b c\" ")), Status::Scanned, "");
    check("a.tf", &lines("a \"b\" {}\n"), Status::Scanned, "");
    check("a.tf", &format!("a = [{}]", lines("(1), ")), Status::Scanned, "");
    check("a.toml", &lines("[[a]]\nb = 1\n"), Status::Scanned, "");
}

#[test]
fn too_many_values() {
    let text = format!("a = [{}]", "1,".repeat(2_000_001));
    check("a.toml", &text, Status::Failed, "more than 2000000 values");
    check("a.yaml", &text.replace("a =", "a:"), Status::Failed, "more than 2000000 values");
}
