//! The layout of Terraform resources.
//!
//! The key of an attribute is its name. The key of a nested block is its type, and its value is a sequence of mappings,
//! even for one block; in JSON syntax it may be a mapping. Attributes whose text is a JSON document are decoded in the
//! shape [`DECODED`].

use crate::{Kind, Node, ResourceView, path};

pub use crate::tape::{DECODED, UNCERTAIN};

/// The unknown value that decides whether a resource exists.
pub fn uncertainty(resource: ResourceView<'_>) -> Option<Node<'_>> {
    resource.shape(UNCERTAIN).filter(|it| it.kind() == Kind::Unknown)
}

/// The nested blocks of a type. They include unknown ones: check their kind.
pub fn blocks<'b>(node: Node<'b>, name: &str) -> Vec<Node<'b>> {
    match node.get(name) {
        None => Vec::new(),
        Some(block) => match block.kind() {
            Kind::Sequence => block.items().filter(|item| !item.is_null()).collect(),
            Kind::Mapping | Kind::Unknown => vec![block],
            _ => Vec::new(),
        },
    }
}

/// All values at a path; sequences on the way and at its end are entered. An unknown value ends the path and is
/// included.
pub fn values<'b>(node: Node<'b>, path: &str) -> Vec<Node<'b>> {
    let mut found = Vec::new();
    collect(node, path, &mut found);
    found
}

fn collect<'b>(node: Node<'b>, path: &str, found: &mut Vec<Node<'b>>) {
    match node.kind() {
        Kind::Sequence => node.items().for_each(|item| collect(item, path, found)),
        Kind::Unknown => found.push(node),
        _ if path.is_empty() => found.push(node),
        _ => {
            let mut keys = path::keys(path);
            let (key, rest) = (keys.next().unwrap_or(""), keys.rest());
            if let Some(next) = node.get(key) {
                collect(next, rest, found);
            }
        }
    }
}

/// A JSON document in an attribute.
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'b> {
    /// The document.
    Document(Node<'b>),
    /// The attribute is unknown.
    Unknown(Node<'b>),
    /// It is not set, or not JSON.
    Absent,
}

/// The JSON document in an attribute, which may be in a block: `policy`, `inline_policy.0.policy`.
pub fn decoded<'b>(resource: ResourceView<'b>, attribute: &str) -> Decoded<'b> {
    let document = resource.shape(DECODED).and_then(|shape| shape.get(attribute));
    match document {
        Some(node) if node.kind() == Kind::Unknown => return Decoded::Unknown(node),
        Some(node) => return Decoded::Document(node),
        None => {}
    }
    let mut at = Some(resource.root());
    for key in attribute.split('.') {
        at = match (at, key.parse::<usize>()) {
            (Some(node), Ok(index)) if node.kind() == Kind::Sequence => node.items().nth(index),
            (Some(node), Ok(0)) => Some(node),
            (Some(node), _) if node.kind() != Kind::Unknown => node.get(key),
            (at, _) => at,
        };
    }
    match at {
        Some(node) if node.kind() == Kind::Unknown => Decoded::Unknown(node),
        _ => Decoded::Absent,
    }
}
