//! Checks and renders the result of a parser.

use std::fmt::Write as _;

use super::MemoryTree;
use crate::parser::{Environment, Parsed, Parser, Work};
use crate::tape::{Batch, Kind, NONE};

/// Adds the shapes of this program's tables to a batch.
///
/// # Panics
///
/// If the tables are invalid.
pub fn shaped(batch: Batch) -> Batch {
    match palisade_shape_tables::shapes() {
        Ok(shapes) => shapes.apply(batch),
        Err(conflict) => unreachable!("the tables of this program go together: {conflict}"),
    }
}

/// Claims and parses one file of a tree, as the host does.
///
/// # Panics
///
/// If the file is not claimed or not parsed, or the result is invalid.
pub fn parse_file(parser: &dyn Parser, tree: &MemoryTree, path: &str) -> Parsed {
    let candidates = tree.paths();
    let row = candidates.iter().position(|it| it == path).and_then(|row| u32::try_from(row).ok());
    let units = parser.claim(tree, &candidates);
    let unit = units.iter().flatten().find(|unit| row.is_some_and(|row| unit.shared.contains(&row)));
    assert!(unit.is_some(), "every candidate is claimed: {path}: {units:?}");
    let (root, format) = unit.map(|unit| (unit.root.clone(), unit.format as usize)).unwrap_or_default();
    let format = parser.describe().get(format).map(|format| format.id.clone()).unwrap_or_default();
    let work = Work { root, format, files: vec![path.to_owned()] };
    let parsed = parser.parse(tree, &work, &[], &Environment::default());
    assert!(parsed.is_ok(), "{path}: {parsed:?}");
    let mut parsed = parsed.unwrap_or_default();
    assert_eq!(parsed.batch.validate(), Ok(()), "{path}");
    parsed.batch = shaped(parsed.batch);
    assert_eq!(parsed.coverage.len(), 1, "{path}");
    parsed
}

/// Checks that every place is in the file, between characters, and that its lines and columns match its bytes.
///
/// # Panics
///
/// If a place does not match.
pub fn check_places(text: &str, parsed: &Parsed) {
    // A tree returns texts without their byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let origins = &parsed.batch.origins;
    for row in 0..u32::try_from(origins.len()).unwrap_or(u32::MAX) {
        let Some(it) = origins.get(row) else { continue };
        let written = text.get(it.start as usize..it.end as usize);
        assert!(written.is_some(), "{}..{} in {text:?}", it.start, it.end);
        for (at, line, column) in [(it.start, it.line, it.column), (it.end, it.end_line, it.end_column)] {
            let before = text.get(..at as usize).unwrap_or_default();
            let in_line = before.rsplit('\n').next().unwrap_or_default();
            assert_eq!(line as usize, before.matches('\n').count() + 1);
            assert_eq!(column as usize, in_line.chars().count() + 1);
        }
    }
    for it in parsed.coverage.iter().filter_map(|it| it.span) {
        assert!(it.end as usize <= text.len());
    }
}

/// The whole result of a parser, for a snapshot: the coverage, diagnostics, comments, and each resource with all values
/// and their places.
pub fn render(parsed: &Parsed) -> String {
    let batch = &parsed.batch;
    let mut out = String::new();
    for it in &parsed.coverage {
        let span = it.span.map(|span| format!(" at {}:{}", span.line, span.column)).unwrap_or_default();
        let _ = writeln!(out, "{} {:?}{span} {}", it.path, it.status, it.reason);
    }
    for it in &parsed.diagnostics {
        let span = it.span.map(|it| format!("{}:{}-{}:{}", it.line, it.column, it.end_line, it.end_column));
        let _ = writeln!(out, "{:?} {} {}: {}", it.level, it.code, span.unwrap_or_default(), it.message);
    }
    for it in &batch.comments {
        let _ = writeln!(out, "# {} ({})", batch.text(it.text), place(batch, it.origin));
    }
    for (view, resource) in batch.resource_views().zip(&batch.resources) {
        let origin = place(batch, resource.origin);
        let _ = writeln!(out, "\n{} kind {} name {} ({origin})", view.address(), view.kind(), view.name());
        tree(batch, resource.root, &mut out);
        for (id, shape) in view.shapes() {
            if shape.place() == view.root().index() {
                let _ = writeln!(out, "  shape {id}: all of it");
                continue;
            }
            let _ = writeln!(out, "  shape {id}");
            tree(batch, shape.place(), &mut out);
        }
    }
    out
}

fn place(batch: &Batch, origin: u32) -> String {
    match batch.origins.get(origin) {
        None => "nowhere".to_owned(),
        Some(it) => format!("{}:{}-{}:{}", it.line, it.column, it.end_line, it.end_column),
    }
}

fn tree(batch: &Batch, root: u32, out: &mut String) {
    let nodes = &batch.nodes;
    let of = |column: &[u32], row: u32| column.get(row as usize).copied().unwrap_or(NONE);
    let mut ends = Vec::new();
    let mut at = root;
    while at < nodes.next(root) {
        while ends.last().is_some_and(|end| *end <= at) {
            ends.pop();
        }
        let value = of(&nodes.values, at);
        let shown = match nodes.kind(at) {
            Kind::Mapping => "{}".to_owned(),
            Kind::Sequence => "[]".to_owned(),
            Kind::Null => "null".to_owned(),
            Kind::Boolean | Kind::Number => batch.text(value).to_owned(),
            Kind::Text => format!("{:?}", batch.text(value)),
            Kind::Unknown => "unknown".to_owned(),
            Kind::Link => format!("-> node {value}"),
        };
        let indent = "  ".repeat(ends.len() + 1);
        let key = match of(&nodes.key_origins, at) {
            NONE => String::new(),
            origin => format!("{:?} ({}): ", batch.text(of(&nodes.keys, at)), place(batch, origin)),
        };
        let _ = writeln!(out, "{at:>3}{indent}{key}{shown} ({})", place(batch, of(&nodes.origins, at)));
        if matches!(nodes.kind(at), Kind::Mapping | Kind::Sequence) {
            ends.push(nodes.next(at));
        }
        at += 1;
    }
}
