//! Digest of a resource's content.

use palisade_domain::hex;
use palisade_domain::tape::{Kind, Node, ResourceView};
use sha2::{Digest, Sha256};

/// The most values that are hashed. With anchors a small file can have endless content.
const MAX_VALUES: usize = 100_000;

/// A digest of a resource's kind and values, without its name, file, lines and the order of keys. A resource that is
/// moved, renamed or reformatted keeps it.
pub(crate) fn content(resource: ResourceView<'_>) -> String {
    let mut hash = Sha256::new();
    text(&mut hash, resource.kind());
    take_in(&mut hash, resource.root(), &mut { MAX_VALUES });
    hex(hash.finalize().get(..16).unwrap_or_default())
}

/// The length comes first, so that adjacent texts cannot be confused.
fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

fn take_in(hash: &mut Sha256, node: Node<'_>, budget: &mut usize) {
    let Some(rest) = budget.checked_sub(1) else { return };
    *budget = rest;
    let kind = node.kind();
    hash.update([kind as u8]);
    match kind {
        Kind::Mapping => {
            let mut children: Vec<Node<'_>> = node.children().collect();
            children.sort_by_key(Node::key);
            hash.update((children.len() as u64).to_le_bytes());
            for child in children {
                text(hash, child.key());
                take_in(hash, child, budget);
            }
        }
        Kind::Sequence => {
            let items: Vec<Node<'_>> = node.items().collect();
            hash.update((items.len() as u64).to_le_bytes());
            for item in items {
                take_in(hash, item, budget);
            }
        }
        Kind::Unknown => {
            text(hash, node.as_unknown().map_or("", |it| node.batch().text(it.expression)));
        }
        Kind::Boolean | Kind::Number | Kind::Text => text(hash, node.as_scalar().unwrap_or("")),
        Kind::Null | Kind::Link => {}
    }
}
