//! An index of the relations of a batch.

use std::collections::BTreeSet;

use crate::batch::{Batch, Kind, NONE, Relation};
use crate::cursor::{Node, ResourceView};

/// The relations of a batch by both ends. Building it takes about as long as sorting them, and a query as long as a
/// search.
///
/// A relation starts from a node. Resources may share nodes through links; such a relation belongs to each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relations {
    /// Referring node and row of the relation, sorted.
    by_node: Vec<(u32, u32)>,
    /// Resource that holds the referring node, and row of the relation, sorted.
    outgoing: Vec<(u32, u32)>,
    /// Resource referred to, resource that refers, and row of the relation, sorted.
    incoming: Vec<(u32, u32, u32)>,
}

/// The consecutive entries of a sorted list that belong, from the first one that is not before.
fn run<T: Copy>(list: &[T], before: impl Fn(&T) -> bool, belongs: impl Fn(&T) -> bool) -> Vec<T> {
    let first = list.partition_point(before);
    list.iter().skip(first).copied().take_while(belongs).collect()
}

impl Relations {
    /// Builds the index of a batch.
    pub fn of(batch: &Batch) -> Relations {
        let mut by_node: Vec<(u32, u32)> =
            (0u32..).zip(&batch.relations).map(|(row, relation)| (relation.from_node, row)).collect();
        by_node.sort_unstable();
        let mut relations = Relations { by_node, outgoing: Vec::new(), incoming: Vec::new() };
        if batch.relations.is_empty() {
            return relations;
        }
        let links: Vec<u32> = (0u32..)
            .zip(&batch.nodes.kinds)
            .filter(|(_, kind)| **kind == Kind::Link as u8)
            .map(|(index, _)| index)
            .collect();
        let mut shapes = batch.shapes.iter().peekable();
        for resource in batch.resource_views() {
            let mut roots = vec![resource.root().index()];
            while let Some(shape) = shapes.next_if(|shape| shape.resource <= resource.row()) {
                if shape.resource == resource.row() {
                    roots.push(Node::new(batch, shape.root).index());
                }
            }
            for row in relations.within(batch, &links, roots) {
                relations.outgoing.push((resource.row(), row));
                let to = batch.relations.get(row as usize).map_or(NONE, |relation| relation.to_resource);
                if to != NONE {
                    relations.incoming.push((to, resource.row(), row));
                }
            }
        }
        relations.outgoing.sort_unstable();
        relations.incoming.sort_unstable();
        relations
    }

    /// Relations that start in these subtrees, links followed, each subtree once.
    fn within(&self, batch: &Batch, links: &[u32], roots: Vec<u32>) -> BTreeSet<u32> {
        let mut rows = BTreeSet::new();
        let mut seen: BTreeSet<u32> = roots.iter().copied().collect();
        let mut open = roots;
        while let Some(start) = open.pop() {
            let end = batch.nodes.next(start);
            let own = run(&self.by_node, |(node, _)| *node < start, |(node, _)| *node < end);
            rows.extend(own.into_iter().map(|(_, row)| row));
            for link in run(links, |link| *link < start, |link| *link < end) {
                let target = Node::new(batch, link).index();
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        rows
    }

    /// The relations of a value.
    pub fn from_node<'b>(&self, node: Node<'b>) -> impl Iterator<Item = &'b Relation> + use<'b> {
        let at = |index: u32| run(&self.by_node, |(node, _)| *node < index, |(node, _)| *node == index);
        let batch = node.batch();
        let mut found = at(node.place());
        if found.is_empty() {
            found = at(node.index());
        }
        found.into_iter().filter_map(move |(_, row)| batch.relations.get(row as usize))
    }

    /// The relations of the values of a resource.
    pub fn from_resource<'b>(
        &self,
        resource: ResourceView<'b>,
    ) -> impl Iterator<Item = &'b Relation> + use<'b> {
        let batch = resource.batch();
        let row = resource.row();
        run(&self.outgoing, |(from, _)| *from < row, |(from, _)| *from == row)
            .into_iter()
            .filter_map(move |(_, relation)| batch.relations.get(relation as usize))
    }

    /// The resources that refer to this one, and the relations.
    pub fn towards<'b>(
        &self,
        resource: ResourceView<'b>,
    ) -> impl Iterator<Item = (ResourceView<'b>, &'b Relation)> + use<'b> {
        let batch = resource.batch();
        let row = resource.row();
        run(&self.incoming, |(to, _, _)| *to < row, |(to, _, _)| *to == row).into_iter().filter_map(
            move |(_, from, relation)| Some((batch.resource(from)?, batch.relations.get(relation as usize)?)),
        )
    }
}
