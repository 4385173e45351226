//! Reads a batch while nodes are added to it.

use palisade_tape::{Batch, Kind, MAX_LINKED_KEYS, NONE, Node};

/// Maximum number of values that are read at one path.
pub(crate) const MAX_VALUES: usize = 1_000;

/// An entry of a mapping: its node, and its value with links followed.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) place: u32,
    pub(crate) node: u32,
}

impl Entry {
    /// An entry of a node without links.
    pub(crate) fn own(node: u32) -> Entry {
        Entry { place: node, node }
    }
}

/// A value of a column; [`NONE`] if it does not exist.
pub(crate) fn column(column: &[u32], index: u32) -> u32 {
    column.get(index as usize).copied().unwrap_or(NONE)
}

/// The origins of a node's key and value.
pub(crate) fn origins(batch: &Batch, node: u32) -> (u32, u32) {
    (column(&batch.nodes.key_origins, node), column(&batch.nodes.origins, node))
}

/// The node that a link points at.
pub(crate) fn resolve(batch: &Batch, node: u32) -> u32 {
    Node::new(batch, node).index()
}

/// The entries of a collection.
pub(crate) fn entries(batch: &Batch, collection: u32) -> impl Iterator<Item = Entry> {
    Node::new(batch, collection).children().map(|it| Entry { place: it.place(), node: it.index() })
}

/// The value of a key of a mapping; the last one if the key occurs twice.
pub(crate) fn child(batch: &Batch, mapping: Entry, key: &str) -> Option<Entry> {
    let is_mapping = batch.nodes.kind(mapping.node) == Kind::Mapping;
    let named = |it: &Entry| batch.text(column(&batch.nodes.keys, it.place)) == key;
    let most = if mapping.place == mapping.node { usize::MAX } else { MAX_LINKED_KEYS };
    is_mapping.then(|| entries(batch, mapping.node).take(most).filter(named).last()).flatten()
}

/// The document in the text at a path, from the decoded documents of a resource ([`palisade_tape::DECODED`]).
pub(crate) fn document(batch: &Batch, documents: u32, path: &[String]) -> Option<u32> {
    child(batch, Entry::own(documents), &path.join(".")).map(|it| it.node)
}

/// The node at a path, or an unknown node on the way to it. A single block is entered if the format has `blocks`.
pub(crate) fn walk(batch: &Batch, from: u32, path: &[String], blocks: bool) -> Option<u32> {
    reach(batch, from, path, blocks).ok()
}

/// The same; if there is none, the deepest block on the way, unless it is the start of the path.
pub(crate) fn reach(batch: &Batch, from: u32, path: &[String], blocks: bool) -> Result<u32, Option<u32>> {
    let mut at = Entry::own(from);
    for (depth, key) in path.iter().enumerate() {
        let holder = enter(batch, at, blocks);
        if batch.nodes.kind(holder.node) == Kind::Unknown {
            return Ok(holder.node);
        }
        at = child(batch, holder, key).ok_or((depth > 0).then_some(at.node))?;
    }
    Ok(enter(batch, at, blocks).node)
}

/// The one block of a sequence.
fn enter(batch: &Batch, at: Entry, blocks: bool) -> Entry {
    if !blocks || batch.nodes.kind(at.node) != Kind::Sequence {
        return at;
    }
    let mut items = entries(batch, at.node);
    match (items.next(), items.next()) {
        (Some(only), None) => only,
        _ => at,
    }
}

/// Every value at a path; sequences on the way and at its end are entered. An unknown value ends the path and is
/// included.
pub(crate) fn values(batch: &Batch, from: Entry, path: &[String]) -> Vec<Entry> {
    let mut found = Vec::new();
    collect(batch, from, path, &mut found);
    found
}

fn collect(batch: &Batch, from: Entry, path: &[String], found: &mut Vec<Entry>) {
    if found.len() >= MAX_VALUES {
        return;
    }
    match (batch.nodes.kind(from.node), path) {
        (Kind::Sequence, _) => {
            entries(batch, from.node).take(MAX_VALUES).for_each(|it| collect(batch, it, path, found));
        }
        (Kind::Unknown, _) | (_, []) => found.push(from),
        (_, [key, rest @ ..]) => {
            if let Some(next) = child(batch, from, key) {
                collect(batch, next, rest, found);
            }
        }
    }
}

/// The text of a scalar.
pub(crate) fn scalar(batch: &Batch, node: u32) -> Option<&str> {
    Node::new(batch, node).as_scalar()
}

/// The known prefix of an unknown value.
pub(crate) fn prefix(batch: &Batch, node: u32) -> &str {
    Node::new(batch, node).as_unknown().map_or("", |it| batch.text(it.known_prefix))
}
