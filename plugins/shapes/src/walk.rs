//! Reading a batch while it is added to.

use palisade_tape::{Batch, Kind, MAX_LINKED_KEYS, NONE, Node};

/// How many values at one path are looked at.
pub(crate) const MAX_VALUES: usize = 1_000;

/// An entry of a mapping: where it stands, and its value, links followed.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) place: u32,
    pub(crate) node: u32,
}

impl Entry {
    /// A node that is looked at where it stands.
    pub(crate) fn own(node: u32) -> Entry {
        Entry { place: node, node }
    }
}

/// A value of a column; [`NONE`] where there is none.
pub(crate) fn column(column: &[u32], index: u32) -> u32 {
    column.get(index as usize).copied().unwrap_or(NONE)
}

/// Where the key of a node stands, and where its value does.
pub(crate) fn origins(batch: &Batch, node: u32) -> (u32, u32) {
    (column(&batch.nodes.key_origins, node), column(&batch.nodes.origins, node))
}

/// The node that a link stands for.
pub(crate) fn resolve(batch: &Batch, node: u32) -> u32 {
    Node::new(batch, node).index()
}

/// What is in a collection.
pub(crate) fn entries(batch: &Batch, collection: u32) -> impl Iterator<Item = Entry> {
    Node::new(batch, collection).children().map(|it| Entry { place: it.place(), node: it.index() })
}

/// The value under a key of a mapping; of two of one key the last one.
pub(crate) fn child(batch: &Batch, mapping: Entry, key: &str) -> Option<Entry> {
    let is_mapping = batch.nodes.kind(mapping.node) == Kind::Mapping;
    let named = |it: &Entry| batch.text(column(&batch.nodes.keys, it.place)) == key;
    let most = if mapping.place == mapping.node { usize::MAX } else { MAX_LINKED_KEYS };
    is_mapping.then(|| entries(batch, mapping.node).take(most).filter(named).last()).flatten()
}

/// The document in the text at a path, of the documents of a resource ([`palisade_tape::DECODED`]).
pub(crate) fn document(batch: &Batch, documents: u32, path: &[String]) -> Option<u32> {
    child(batch, Entry::own(documents), &path.join(".")).map(|it| it.node)
}

/// The node at a path, or the one on the way to it that cannot be known. A block of which there is one is entered where
/// the format has `blocks`.
pub(crate) fn walk(batch: &Batch, from: u32, path: &[String], blocks: bool) -> Option<u32> {
    reach(batch, from, path, blocks).ok()
}

/// The same; where there is none, the deepest block on the way, if it is not where the path begins.
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

/// Every value at a path; sequences on the way and at its end are entered. What cannot be known ends the way and is
/// among them.
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

/// What a value that cannot be known certainly begins with.
pub(crate) fn prefix(batch: &Batch, node: u32) -> &str {
    Node::new(batch, node).as_unknown().map_or("", |it| batch.text(it.known_prefix))
}
