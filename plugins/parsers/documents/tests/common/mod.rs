//! What the tests share: parsing one text, and a rendering that a reader can follow.
#![expect(dead_code, reason = "each test file uses its own part")]

use std::fmt::Write;

use palisade_parser_documents::Documents;
use palisade_sdk::parser::{Environment, Parsed, Parser, Work};
use palisade_sdk::tape::{Batch, Kind, NONE};
use palisade_sdk::testing::MemoryTree;

/// Parses one file of a tree through claim and parse, as the host does.
pub(crate) fn parse_in(tree: &MemoryTree, path: &str) -> Parsed {
    let candidates = tree.paths();
    let units = Documents.claim(tree, &candidates).unwrap();
    let formats = Documents.describe();
    let unit = units
        .iter()
        .find(|unit| unit.shared.iter().any(|row| candidates[*row as usize] == path))
        .expect("every candidate is claimed");
    let work = Work {
        root: unit.root.clone(),
        format: formats[unit.format as usize].id.clone(),
        files: vec![path.to_owned()],
    };
    let parsed = Documents.parse(tree, &work, &[], &Environment::default()).unwrap();
    assert_eq!(parsed.batch.validate(), Ok(()));
    assert_eq!(parsed.coverage.len(), 1);
    parsed
}

/// Parses one text as the file of that name.
pub(crate) fn parse(path: &str, text: &str) -> Parsed {
    parse_in(&MemoryTree::new([(path, text)]), path)
}

fn place(batch: &Batch, origin: u32) -> String {
    match batch.origins.get(origin) {
        None => "nowhere".to_owned(),
        Some(it) => format!("{}:{}-{}:{}", it.line, it.column, it.end_line, it.end_column),
    }
}

fn tree(batch: &Batch, root: u32, out: &mut String) {
    let nodes = &batch.nodes;
    let mut ends = Vec::new();
    let mut at = root;
    while at < nodes.next(root) {
        while ends.last().is_some_and(|end| *end <= at) {
            ends.pop();
        }
        let row = at as usize;
        let value = batch.text(nodes.values[row]);
        let shown = match nodes.kind(at) {
            Kind::Mapping => "{}".to_owned(),
            Kind::Sequence => "[]".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Boolean | Kind::Number => value.to_owned(),
            Kind::Text => format!("{value:?}"),
            Kind::Unknown => "unknown".to_owned(),
            Kind::Link => format!("-> node {}", nodes.values[row]),
        };
        let indent = "  ".repeat(ends.len() + 1);
        let key = match nodes.key_origins[row] {
            NONE => String::new(),
            origin => format!("{:?} ({}): ", batch.text(nodes.keys[row]), place(batch, origin)),
        };
        writeln!(out, "{at:>3}{indent}{key}{shown} ({})", place(batch, nodes.origins[row])).unwrap();
        if matches!(nodes.kind(at), Kind::Mapping | Kind::Sequence) {
            ends.push(nodes.next(at));
        }
        at += 1;
    }
}

/// All that a parse gave.
pub(crate) fn render(parsed: &Parsed) -> String {
    let batch = &parsed.batch;
    let mut out = String::new();
    for it in &parsed.coverage {
        let span = it.span.map(|span| format!(" at {}:{}", span.line, span.column)).unwrap_or_default();
        writeln!(out, "{} {:?}{span} {}", it.path, it.status, it.reason).unwrap();
    }
    for it in &parsed.diagnostics {
        let span = it.span.map(|it| format!("{}:{}-{}:{}", it.line, it.column, it.end_line, it.end_column));
        writeln!(out, "{:?} {} {}: {}", it.level, it.code, span.unwrap_or_default(), it.message).unwrap();
    }
    for it in &batch.comments {
        writeln!(out, "# {} ({})", batch.text(it.text), place(batch, it.origin)).unwrap();
    }
    for view in batch.resource_views() {
        let resource = batch.resources[view.row() as usize];
        let origin = place(batch, resource.origin);
        writeln!(out, "\n{} kind {} name {} ({origin})", view.address(), view.kind(), view.name()).unwrap();
        tree(batch, resource.root, &mut out);
    }
    out
}

/// Every place lies in the file, between characters, and is where its lines and columns say.
pub(crate) fn check_places(text: &str, parsed: &Parsed) {
    // A tree gives texts without their byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let origins = &parsed.batch.origins;
    for row in 0..u32::try_from(origins.len()).unwrap() {
        let it = origins.get(row).unwrap();
        assert!(
            text.get(it.start as usize..it.end as usize).is_some(),
            "{}..{} in {text:?}",
            it.start,
            it.end
        );
        for (at, line, column) in [(it.start, it.line, it.column), (it.end, it.end_line, it.end_column)] {
            let before = &text[..at as usize];
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            assert_eq!(line as usize, before.matches('\n').count() + 1);
            assert_eq!(column as usize, before[start..].chars().count() + 1);
        }
    }
    for it in parsed.coverage.iter().filter_map(|it| it.span) {
        assert!(it.end as usize <= text.len());
    }
}
