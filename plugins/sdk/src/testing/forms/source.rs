//! The parts of a batch that both forms read.

use std::collections::BTreeMap;

use crate::tape::{Batch, Relation};
use crate::{Node, ResourceView};

/// Meta-argument blocks of a resource. A plan does not have them in its values.
const META: [&str; 3] = ["connection", "lifecycle", "provisioner"];

/// A batch with its relations by their source node.
pub(super) struct Source<'b> {
    pub(super) batch: &'b Batch,
    relations: BTreeMap<u32, Vec<&'b Relation>>,
}

/// The address of a resource in its module, its parts, and the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own<'b> {
    pub(super) is_data: bool,
    pub(super) kind: &'b str,
    pub(super) name: &'b str,
    /// `[0]`, `["a"]` or nothing.
    pub(super) key: &'b str,
}

impl Own<'_> {
    /// The address without the key.
    pub(super) fn bare(&self) -> String {
        let data = if self.is_data { "data." } else { "" };
        format!("{data}{}.{}", self.kind, self.name)
    }
}

/// The parts of the address of a resource.
pub(super) fn own(resource: ResourceView<'_>) -> Own<'_> {
    let (is_data, kind) = match resource.kind().strip_prefix("data.") {
        Some(kind) => (true, kind),
        None => (false, resource.kind()),
    };
    let local = resource.address().strip_prefix(resource.module()).unwrap_or(resource.address());
    let key = local.find('[').and_then(|at| local.get(at..)).unwrap_or("");
    Own { is_data, kind, name: resource.name(), key }
}

impl<'b> Source<'b> {
    pub(super) fn of(batch: &'b Batch) -> Source<'b> {
        let mut relations: BTreeMap<u32, Vec<&Relation>> = BTreeMap::new();
        for relation in &batch.relations {
            relations.entry(relation.from_node).or_default().push(relation);
        }
        Source { batch, relations }
    }

    /// Relations of a node, without those of its children.
    pub(super) fn relations(&self, node: Node<'_>) -> &[&'b Relation] {
        self.relations.get(&node.index()).map_or(&[], Vec::as_slice)
    }
}

/// Values of a resource, without meta-argument blocks.
pub(super) fn values(resource: ResourceView<'_>) -> impl Iterator<Item = Node<'_>> + use<'_> {
    resource.root().children().filter(|it| !META.contains(&it.key()))
}
