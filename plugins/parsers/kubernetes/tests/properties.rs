//! Properties that hold for every text.

#![cfg(test)]

mod common;

use std::fmt::Write as _;

use palisade_sdk::parser::Status;
use palisade_sdk::tape::{Batch, Kind};
use palisade_sdk::testing::check_places;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Tree {
    Null,
    Boolean(bool),
    Number(i64),
    Text(String),
    Sequence(Vec<Tree>),
    Mapping(Vec<(String, Tree)>),
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-a-zé✓😀 #:'\"\\\\\\[\\]{},&*!|>%@`\t\n]{0,12}",
        "[a-z]{1,6}",
        "yes|no|null|~|1|0x1|[.]5|<<"
    ]
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Boolean),
        any::<i64>().prop_map(Tree::Number),
        texts().prop_map(Tree::Text),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Tree::Sequence),
            prop::collection::btree_map(texts(), inner, 0..6)
                .prop_map(|entries| Tree::Mapping(entries.into_iter().collect())),
        ]
    })
}

/// Writes a text as a quoted scalar in one of two ways.
fn quote(text: &str) -> String {
    if text.contains(['\n', '\t', '\\']) || text.len().is_multiple_of(2) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Writes a tree as block YAML, or as flow YAML if `flow`; `indent` is the indentation of its children.
fn write(tree: &Tree, indent: usize, flow: bool, out: &mut String) {
    let pad = " ".repeat(indent);
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Boolean(value) => out.push_str(&value.to_string()),
        Tree::Number(value) => out.push_str(&value.to_string()),
        Tree::Text(text) if !flow && text.ends_with("a\n") && text.starts_with('a') => {
            out.push_str("|\n");
            for line in text.lines() {
                writeln!(out, "{pad}{line}").unwrap();
            }
        }
        Tree::Text(text) if text.chars().all(|letter| letter.is_ascii_lowercase()) && text.len() > 4 => {
            out.push_str(text);
        }
        Tree::Text(text) => out.push_str(&quote(text)),
        Tree::Sequence(items) if flow || items.is_empty() => {
            out.push('[');
            for item in items {
                write(item, indent, true, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Tree::Mapping(entries) if flow || entries.is_empty() => {
            out.push('{');
            for (key, value) in entries {
                write!(out, "{}: ", quote(key)).unwrap();
                write(value, indent, true, out);
                out.push_str(", ");
            }
            out.push('}');
        }
        Tree::Sequence(items) => {
            for item in items {
                write!(out, "\n{pad}- ").unwrap();
                write(item, indent + 2, items.len() == 3, out);
            }
        }
        Tree::Mapping(entries) => {
            for (key, value) in entries {
                write!(out, "\n{pad}{}: ", quote(key)).unwrap();
                write(value, indent + 1, entries.len() == 3, out);
            }
        }
    }
}

fn read(batch: &Batch, node: u32) -> Tree {
    let nodes = &batch.nodes;
    let value = batch.text(nodes.values[node as usize]);
    let children = || {
        let mut at = node + 1;
        std::iter::from_fn(move || {
            let now = at;
            at = nodes.next(now);
            (now < nodes.next(node)).then_some(now)
        })
    };
    match nodes.kind(node) {
        Kind::Null => Tree::Null,
        Kind::Boolean => Tree::Boolean(value == "true"),
        Kind::Number => Tree::Number(value.parse().unwrap()),
        Kind::Text => Tree::Text(value.to_owned()),
        Kind::Sequence => Tree::Sequence(children().map(|child| read(batch, child)).collect()),
        Kind::Mapping => Tree::Mapping(
            children()
                .map(|child| (batch.text(nodes.keys[child as usize]).to_owned(), read(batch, child)))
                .collect(),
        ),
        other => panic!("{other:?}"),
    }
}

/// Pieces of YAML and JSON, so that random texts are read beyond the first character.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "apiVersion: v1\n",
        "kind: Pod\n",
        "metadata:\n",
        "  name: a\n",
        "---\n",
        "...\n",
        "- ",
        "  - ",
        "\n",
        " ",
        "a: ",
        "b:\n",
        "  ",
        "    ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        ": ",
        "? ",
        "&x ",
        "*x",
        "!t ",
        "!!int ",
        "!!binary ",
        "<<: ",
        "|\n",
        ">-\n",
        "|2+\n",
        "\"",
        "'",
        "\\",
        "\\u00e9",
        "\\ud83d",
        "#",
        " # palisade: x\n",
        "é",
        "😀",
        "\u{feff}",
        "\0",
        "\r\n",
        "\r",
        "%YAML 1.2\n",
        "%TAG ! x\n",
        "0x1",
        "1e3",
        "null",
        "yes",
        "{{ x }}",
        "\"apiVersion\":\"v1\"",
        "\"kind\":\"Pod\"",
        "items:\n",
        "@",
        "`",
        "%",
        "\u{85}",
        "\u{2028}",
    ]);
    let seed = prop::sample::select(vec![
        "",
        "apiVersion: v1\nkind: Pod\n",
        "apiVersion: v1\nkind: List\nitems:\n",
        "{",
    ]);
    (seed, prop::collection::vec(piece, 0..40))
        .prop_map(|(seed, pieces)| format!("{seed}{}", pieces.concat()))
}

/// The files of `cases`, with a few bytes replaced.
fn damaged() -> impl Strategy<Value = String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let edit = (any::<prop::sample::Index>(), 0usize..6, pieces());
    (prop::sample::select(texts), prop::collection::vec(edit, 1..4)).prop_map(|(mut text, edits)| {
        for (at, length, piece) in edits {
            let mut start = at.index(text.len() + 1);
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) {
                end += 1;
            }
            let short: String = piece.chars().take(length).collect();
            text.replace_range(start..end, &short);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_text_gives_a_sound_batch(text in "\\PC*") {
        let text = format!("apiVersion: v1\nkind: Pod\nx: {text}");
        check_places(&text, &common::parse(&text));
    }

    #[test]
    fn any_pieces_give_a_sound_batch(text in pieces()) {
        check_places(&text, &common::parse(&text));
    }

    #[test]
    fn damaged_files_give_a_sound_batch(text in damaged()) {
        check_places(&text, &common::parse(&text));
    }

    #[test]
    fn what_is_written_is_read(tree in trees(), flow in any::<bool>()) {
        let mut text = "apiVersion: v1\nkind: Pod\nx: ".to_owned();
        write(&tree, 1, flow, &mut text);
        text.push('\n');
        let parsed = common::parse(&text);
        prop_assert_eq!(parsed.coverage[0].status, Status::Scanned, "{}\n{}", &parsed.coverage[0].reason, &text);
        prop_assert!(parsed.diagnostics.is_empty(), "{:?}", &parsed.diagnostics);
        check_places(&text, &parsed);
        let root = parsed.batch.resources[0].root;
        let Tree::Mapping(entries) = read(&parsed.batch, root) else { panic!("no mapping") };
        prop_assert_eq!(format!("{:?}", &entries[2].1), format!("{tree:?}"), "{}", text);
        for row in 0..parsed.batch.nodes.len() {
            let nodes = &parsed.batch.nodes;
            let Some(it) = parsed.batch.origins.get(nodes.origins[row]) else { continue };
            let written = &text[it.start as usize..it.end as usize];
            let value = parsed.batch.text(nodes.values[row]);
            match nodes.kind(u32::try_from(row).unwrap()) {
                Kind::Text if !written.starts_with(['"', '\'', '|']) => prop_assert_eq!(written, value),
                Kind::Boolean | Kind::Number => prop_assert_eq!(written, value),
                _ => {}
            }
        }
    }
}
