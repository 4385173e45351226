//! Renders a file as one line of text, each node with its tag before it.

use std::fmt::Write as _;

use palisade_sdk::Kind;
use palisade_sdk::tape::Builder;
use palisade_text::Lines;
use palisade_yaml::{Cut, Fault, Tree, Visitor, resolve};

/// The documents of a file, rendered.
#[derive(Default)]
struct Shown {
    documents: Vec<String>,
}

impl Visitor for Shown {
    fn document(&mut self, tree: &mut Tree<'_, '_>, _start: u32) {
        let root = tree.end();
        tree.keep();
        let mut out = String::new();
        if let Some(root) = root {
            node(tree, root, &mut out);
        }
        self.documents.push(out);
    }

    fn tolerated(&mut self, _fault: &Fault) {}
}

/// The documents of a file, joined by ` --- `; the message of a fault comes last, after `fault: `.
pub(crate) fn show(text: &str) -> String {
    let lines = Lines::new(text);
    let mut out = Builder::new();
    let document = out.document("a.yaml", "yaml");
    let mut tree = Tree::new(&mut out, text, &lines, document, false);
    let mut shown = Shown::default();
    let fault = palisade_yaml::read(&mut tree, "a.yaml", Cut::Markers, &mut shown);
    shown.documents.extend(fault.map(|fault| format!("fault: {}", fault.message)));
    shown.documents.join(" --- ")
}

fn node(tree: &Tree<'_, '_>, at: u32, out: &mut String) {
    let batch = tree.out.batch();
    if batch.nodes.kind(at) == Kind::Link {
        out.push('*');
    }
    if let Some(tag) = tree.tag(at) {
        out.push_str(tag);
        out.push(' ');
    }
    let at = resolve(tree.out, at);
    let kind = batch.nodes.kind(at);
    let value = batch.text(batch.nodes.values[at as usize]);
    match kind {
        Kind::Mapping | Kind::Sequence => {
            out.push(if kind == Kind::Mapping { '{' } else { '[' });
            let mut child = at + 1;
            while child < batch.nodes.next(at) {
                if child > at + 1 {
                    out.push_str(", ");
                }
                if kind == Kind::Mapping {
                    out.push_str(batch.text(batch.nodes.keys[child as usize]));
                    out.push_str(": ");
                }
                node(tree, child, out);
                child = batch.nodes.next(child);
            }
            out.push(if kind == Kind::Mapping { '}' } else { ']' });
        }
        Kind::Null => out.push_str("null"),
        Kind::Text => write!(out, "{value:?}").unwrap(),
        _ => out.push_str(value),
    }
}
