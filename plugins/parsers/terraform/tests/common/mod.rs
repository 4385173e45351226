//! Shared helpers: a tree in one text, parsed as the host does, and a readable rendering.
#![expect(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeSet;
use std::fmt::Write;

use palisade_parser_terraform::Terraform;
use palisade_sdk::parser::{Environment, Mount, Parsed, Parser, Work};
use palisade_sdk::tape::{Batch, Kind, NONE, Node};
use palisade_sdk::testing::MemoryTree;

/// A tree in one text: a line such as `-- modules/x/main.tf --` precedes each file.
pub(crate) fn tree(text: &str) -> MemoryTree {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ").and_then(|it| it.strip_suffix(" --"));
        match (name, files.last_mut()) {
            (Some(name), _) => files.push((name, String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => {}
        }
    }
    let parts = files.iter().map(|(name, content)| (*name, content.as_str()));
    MemoryTree::new(parts)
}

/// All units of a tree.
pub(crate) fn works(tree: &MemoryTree) -> Vec<Work> {
    let candidates: Vec<String> = tree
        .paths()
        .into_iter()
        .filter(|it| {
            [".tf", ".tf.json", ".tofu", ".tfvars", ".json"].iter().any(|end| it.ends_with(end))
                && !it.contains(".terraform/")
        })
        .collect();
    let formats = Terraform.describe();
    let units = Terraform.claim(tree, &candidates).unwrap();
    units
        .iter()
        .map(|unit| Work {
            root: unit.root.clone(),
            format: formats[unit.format as usize].id.clone(),
            files: unit
                .owned
                .iter()
                .chain(&unit.shared)
                .map(|row| candidates[*row as usize].clone())
                .collect(),
        })
        .collect()
}

/// Parses one unit.
pub(crate) fn parse(tree: &MemoryTree, work: &Work, mounts: &[Mount], environment: &Environment) -> Parsed {
    let parsed = Terraform.parse(tree, work, mounts, environment).unwrap();
    assert_eq!(parsed.batch.validate(), Ok(()));
    let covered: BTreeSet<&String> = parsed.coverage.iter().map(|it| &it.path).collect();
    assert_eq!(covered, work.files.iter().collect(), "every file is covered");
    parsed
}

/// Parses the only configuration of a tree.
pub(crate) fn parse_text(text: &str) -> Parsed {
    let tree = tree(text);
    let works = works(&tree);
    let work = works.iter().find(|it| it.format == "terraform").expect("a configuration");
    parse(&tree, work, &[], &Environment::default())
}

fn place(batch: &Batch, origin: u32) -> String {
    let mut text = String::new();
    let mut at = origin;
    while let Some(it) = batch.origins.get(at) {
        let document = batch.documents[it.document as usize];
        if !text.is_empty() {
            text.push_str(" < ");
        }
        write!(text, "{}:{}:{}", batch.text(document.path), it.line, it.column).unwrap();
        if it.note != 0 {
            write!(text, " `{}`", batch.text(it.note)).unwrap();
        }
        at = it.parent;
    }
    text
}

fn node(batch: &Batch, node: Node<'_>, path: &str, out: &mut String) {
    let origin = batch.nodes.origins[node.index() as usize];
    let relations: Vec<String> = batch
        .relations
        .iter()
        .filter(|it| it.from_node == node.index())
        .map(|it| {
            let to = if it.to_resource == NONE { "?" } else { "" };
            format!(" ->{to} {}", batch.text(it.target_text))
        })
        .collect();
    let shown = match node.kind() {
        Kind::Mapping | Kind::Sequence if node.children().next().is_some() => {
            for (number, child) in node.children().enumerate() {
                let step =
                    if node.kind() == Kind::Mapping { child.key().to_owned() } else { number.to_string() };
                let path = if path.is_empty() { step } else { format!("{path}.{step}") };
                self::node(batch, child, &path, out);
            }
            if relations.is_empty() {
                return;
            }
            "…".to_owned()
        }
        Kind::Mapping => "{}".to_owned(),
        Kind::Sequence => "[]".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Text => format!("{:?}", node.as_str().unwrap()),
        Kind::Boolean | Kind::Number => node.as_scalar().unwrap().to_owned(),
        Kind::Unknown => {
            let unknown = node.as_unknown().unwrap();
            let prefix = batch.text(unknown.known_prefix);
            let prefix = if prefix.is_empty() { String::new() } else { format!(" begins {prefix:?}") };
            format!("?{} ({}){prefix}", batch.text(unknown.expression), batch.text(unknown.reason))
        }
        Kind::Link => unreachable!("links are followed"),
    };
    writeln!(out, "  {path} = {shown}  @ {}{}", place(batch, origin), relations.concat()).unwrap();
}

/// The whole result of a parser.
pub(crate) fn render(parsed: &Parsed) -> String {
    let batch = &parsed.batch;
    let mut out = String::new();
    for it in &parsed.coverage {
        let span = it.span.map(|span| format!(" at {}:{}", span.line, span.column)).unwrap_or_default();
        writeln!(out, "{} {:?}{span} {}", it.path, it.status, it.reason).unwrap();
    }
    for it in &parsed.diagnostics {
        let span = it.span.map(|it| format!("{}:{}", it.line, it.column)).unwrap_or_default();
        writeln!(out, "{:?} {} {}:{span}: {}", it.level, it.code, it.path, it.message).unwrap();
    }
    for it in &parsed.needs {
        writeln!(out, "needs {} {} {:?} for {}", it.kind, it.source, it.version, it.path).unwrap();
    }
    for it in &batch.comments {
        writeln!(out, "# {} @ {}", batch.text(it.text), place(batch, it.origin)).unwrap();
    }
    for view in batch.resource_views() {
        let resource = batch.resources[view.row() as usize];
        let module = if view.module().is_empty() { String::new() } else { format!(" in {}", view.module()) };
        let origin = place(batch, resource.origin);
        writeln!(out, "\n{} ({}, {}){module} @ {origin}", view.address(), view.kind(), view.provider())
            .unwrap();
        node(batch, view.root(), "", &mut out);
        for shape in batch.shapes.iter().filter(|shape| shape.resource == view.row()) {
            writeln!(out, "  shape {}", batch.text(shape.id)).unwrap();
            node(batch, Node::new(batch, shape.root), "", &mut out);
        }
    }
    out
}
