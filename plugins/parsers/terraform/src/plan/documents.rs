//! Documents in the texts of a resource, with the same paths as in a configuration.

use super::MAX_DEPTH;
use crate::embedded;
use crate::syntax::Span;
use crate::syntax::json::{Member, Value, ValueKind};

/// A document, the path of its attribute (`policy`, `inline_policy.0.policy`) and the place of its text.
pub(super) struct Document {
    pub(super) path: String,
    pub(super) value: Value,
    pub(super) span: Span,
}

/// The documents of an attribute, or of the nested blocks that it represents.
pub(super) fn of(attribute: &Member) -> Vec<Document> {
    let mut found = Vec::new();
    collect(attribute.name.to_string(), &attribute.value, &mut found, 0);
    found
}

/// A plan has nested blocks as arrays of objects. Other attributes have no documents in a configuration either: a
/// single object is an attribute such as a map, and a text in an array is an item of a list.
fn collect(path: String, value: &Value, found: &mut Vec<Document>, depth: u32) {
    match &value.kind {
        ValueKind::String(text) => {
            if let Some(document) = embedded::document(text) {
                found.push(Document { path, value: document, span: value.span });
            }
        }
        ValueKind::Array(blocks) if depth < MAX_DEPTH => {
            for (index, block) in blocks.iter().enumerate() {
                for member in block.members() {
                    let path = format!("{path}.{index}.{}", member.name);
                    collect(path, &member.value, found, depth + 1);
                }
            }
        }
        _ => {}
    }
}
