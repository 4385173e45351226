//! Renders a batch as text, with links followed and indices resolved. Batches with the same text mean the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_tape::{Batch, Kind, Node, Origin, Relation, ResourceView};

/// Links can expand few nodes to very many.
const MOST_NODES: usize = 3000;
const DEEPEST: usize = 60;

/// An origin with the chain of its causes.
fn origin(batch: &Batch, origin: Option<Origin>) -> String {
    let mut text = String::new();
    let mut next = origin;
    // Longer than any valid chain of these tests; cuts a cycle.
    for _ in 0..500 {
        let Some(it) = next else { return text };
        let path = batch.path(it.document);
        let Origin { start, end, line, column, end_line, end_column, .. } = it;
        let note = batch.text(it.note);
        let _ = write!(text, " @{path}:{line}:{column}-{end_line}:{end_column}[{start}..{end}]({note:?})");
        next = batch.origins.get(it.parent);
    }
    text + " …"
}

fn value(node: Node<'_>, depth: usize, budget: &mut usize, text: &mut String) {
    if *budget == 0 || depth > DEEPEST {
        text.push_str("…\n");
        return;
    }
    *budget -= 1;
    let batch = node.batch();
    let _ = write!(text, "{:depth$}{:?} {:?}", "", node.key(), node.kind());
    match node.kind() {
        Kind::Unknown => {
            if let Some(it) = node.as_unknown() {
                let texts = [it.expression, it.reason, it.known_prefix, it.expected_type];
                let _ = write!(text, " {:?}", texts.map(|index| batch.text(index)));
                text.push_str(&origin(batch, batch.origins.get(it.origin)));
            }
        }
        _ => {
            if let Some(scalar) = node.as_scalar() {
                let _ = write!(text, " {scalar:?}");
            }
        }
    }
    text.push_str(&origin(batch, node.key_origin()));
    text.push_str(" /");
    text.push_str(&origin(batch, node.origin()));
    text.push('\n');
    let mut count = 0;
    for child in node.children() {
        count += 1;
        assert!(count <= batch.nodes.len() + 1, "children without end");
        value(child, depth + 1, budget, text);
        if *budget == 0 {
            break;
        }
    }
}

/// The tree of a node.
pub(crate) fn tree(node: Node<'_>) -> String {
    let mut text = String::new();
    value(node, 0, &mut { MOST_NODES }, &mut text);
    text
}

/// A resource with its tree and its shapes.
pub(crate) fn resource(it: ResourceView<'_>) -> String {
    let batch = it.batch();
    let mut text = format!(
        "{:?}\n",
        [it.address(), it.kind(), it.provider(), it.name(), it.format(), it.module(), it.path()]
    );
    text.push_str(&origin(batch, it.origin()));
    text.push_str(&tree(it.root()));
    for shape in batch.shapes.iter().filter(|shape| shape.resource == it.row()) {
        let _ = write!(text, "shape {:?}: ", batch.text(shape.id));
        text.push_str(&tree(Node::new(batch, shape.root)));
        // The cursor returns the first shape of that name.
        assert!(it.shape(batch.text(shape.id)).is_some());
    }
    text
}

/// A relation; a target that is not among `kept` is shown only by its text.
pub(crate) fn relation(batch: &Batch, it: &Relation, kept: impl Fn(u32) -> bool) -> String {
    let target = batch.resource(it.to_resource).filter(|it| kept(it.row()));
    format!(
        "{} -> {:?} {:?} {:?}",
        tree(Node::new(batch, it.from_node)),
        target.map(|it| it.address()),
        batch.text(it.target_text),
        batch.text(it.attribute)
    )
}

/// All resources.
pub(crate) fn resources(batch: &Batch) -> Vec<String> {
    batch.resource_views().map(resource).collect()
}

/// Reads everything in a batch, even if it is invalid. The test is that this ends.
pub(crate) fn walk_everything(batch: &Batch) {
    let past = u32::try_from(batch.nodes.len()).expect("small") + 2;
    for index in (0..past).chain([u32::MAX - 1, u32::MAX]) {
        let node = Node::new(batch, index);
        tree(node);
        let _ = (node.get("name"), node.at("spec.name"), node.as_bool(), node.as_i64(), node.as_f64());
        let _ = (node.is_null(), node.as_str(), node.index(), node.items().count());
    }
    for it in batch.resource_views() {
        resource_without_promises(it);
    }
    let _ = batch.weight();
}

fn resource_without_promises(it: ResourceView<'_>) {
    tree(it.root());
    origin(it.batch(), it.origin());
    let _ = (it.address(), it.kind(), it.provider(), it.name(), it.format(), it.module(), it.path());
    let _ = it.shape("name").map(tree);
}

/// Rows selected by the bits of a number.
pub(crate) fn rows(batch: &Batch, bits: u32) -> BTreeSet<u32> {
    (0u32..).zip(&batch.resources).map(|(row, _)| row).filter(|row| bits >> (row % 32) & 1 == 1).collect()
}
