//! Extracts resources from a batch, and merges batches.

use std::collections::BTreeSet;

use crate::batch::{Batch, Kind, NONE, Origin, Relation, Resource, Shape, Unknown, row};
use crate::build::Builder;

/// Copies resources of a batch to a builder, each node once.
struct Copier<'a> {
    from: &'a Batch,
    into: &'a mut Builder,
    texts: Vec<u32>,
    documents: Vec<u32>,
    origins: Vec<u32>,
    nodes: Vec<u32>,
}

impl Batch {
    /// The resources of these rows with everything that belongs to them. Relations to other resources keep their text.
    #[must_use]
    pub fn extract(&self, rows: &BTreeSet<u32>) -> Batch {
        let mut builder = Builder::new();
        builder.append(self, rows);
        builder.finish()
    }
}

impl Builder {
    /// Adds the resources of these rows of another batch, and returns their new rows in the same order.
    pub fn append(&mut self, from: &Batch, rows: &BTreeSet<u32>) -> Vec<u32> {
        let mut copier = Copier {
            texts: vec![NONE; from.strings.ends.len()],
            documents: vec![NONE; from.documents.len()],
            origins: vec![NONE; from.origins.len()],
            nodes: vec![NONE; from.nodes.len()],
            from,
            into: self,
        };
        copier.resources(rows)
    }
}

fn look(column: &[u32], index: u32) -> u32 {
    column.get(index as usize).copied().unwrap_or(NONE)
}

fn put(column: &mut [u32], index: u32, value: u32) {
    if let Some(place) = column.get_mut(index as usize) {
        *place = value;
    }
}

impl Copier<'_> {
    fn text(&mut self, index: u32) -> u32 {
        let known = look(&self.texts, index);
        if known != NONE {
            return known;
        }
        let new = self.into.text(self.from.text(index));
        put(&mut self.texts, index, new);
        new
    }

    fn document(&mut self, index: u32) -> u32 {
        let known = look(&self.documents, index);
        if known != NONE {
            return known;
        }
        let Some(document) = self.from.documents.get(index as usize) else { return NONE };
        let new = self.into.document(self.from.text(document.path), self.from.text(document.format));
        put(&mut self.documents, index, new);
        new
    }

    /// Parents are earlier rows, so a chain ends. It is copied from its end.
    fn origin(&mut self, index: u32) -> u32 {
        let mut chain = Vec::new();
        let mut at = index;
        while at != NONE && look(&self.origins, at) == NONE {
            let Some(origin) = self.from.origins.get(at) else { break };
            chain.push((at, origin));
            if origin.parent >= at {
                break;
            }
            at = origin.parent;
        }
        for (old, origin) in chain.into_iter().rev() {
            let parent = if origin.parent == NONE { NONE } else { look(&self.origins, origin.parent) };
            let document = self.document(origin.document);
            let note = self.text(origin.note);
            let new = self.into.origin(Origin { document, note, parent, ..origin });
            put(&mut self.origins, old, new);
        }
        look(&self.origins, index)
    }

    /// Copies a subtree whose link targets have been copied.
    fn subtree(&mut self, root: u32) {
        let nodes = &self.from.nodes;
        let end = nodes.next(root).min(row(nodes.len()));
        let mut open = Vec::new();
        for at in root..end {
            while let Some((mark, _)) = open.pop_if(|(_, until)| *until <= at) {
                self.into.close(mark, None);
            }
            let key = self.text(look(&nodes.keys, at));
            let key_origin = self.origin(look(&nodes.key_origins, at));
            let origin = self.origin(look(&nodes.origins, at));
            let value = look(&nodes.values, at);
            let new = match nodes.kind(at) {
                kind @ (Kind::Mapping | Kind::Sequence) => {
                    let mark = self.into.open(kind, key, key_origin, origin);
                    let new = mark.node();
                    open.push((mark, nodes.next(at)));
                    new
                }
                Kind::Link => self.into.link(key, key_origin, look(&self.nodes, value), origin),
                Kind::Unknown => {
                    let unknown = self.from.unknowns.get(value as usize).copied();
                    let unknown = unknown.map_or(
                        Unknown { expression: 0, reason: 0, known_prefix: 0, expected_type: 0, origin: NONE },
                        |it| Unknown {
                            expression: self.text(it.expression),
                            reason: self.text(it.reason),
                            known_prefix: self.text(it.known_prefix),
                            expected_type: self.text(it.expected_type),
                            origin: self.origin(it.origin),
                        },
                    );
                    self.into.unknown(key, key_origin, unknown, origin)
                }
                kind => self.into.scalar(kind, key, key_origin, self.from.text(value), origin),
            };
            put(&mut self.nodes, at, new);
        }
        while let Some((mark, _)) = open.pop() {
            self.into.close(mark, None);
        }
    }

    /// The roots of the subtrees to copy: those in `wanted` and all that links lead to. None is inside another, and
    /// they are in the order of the tape, so that the target of a link is always copied first.
    fn roots(&self, wanted: impl Iterator<Item = u32>) -> Vec<u32> {
        let nodes = &self.from.nodes;
        let mut seen = vec![false; nodes.len()];
        let mut roots = BTreeSet::new();
        let mut queue: Vec<u32> = wanted.collect();
        while let Some(root) = queue.pop() {
            if seen.get(root as usize).copied().unwrap_or(true) {
                continue;
            }
            roots.insert(root);
            let end = nodes.next(root);
            let mut at = root;
            while at < end {
                let Some(flag) = seen.get_mut(at as usize) else { break };
                if std::mem::replace(flag, true) {
                    // It was visited before with its subtree, so no node is visited twice.
                    at = nodes.next(at);
                    continue;
                }
                if nodes.kind(at) == Kind::Link {
                    queue.push(look(&nodes.values, at));
                }
                at += 1;
            }
        }
        let mut until = 0;
        roots
            .into_iter()
            .filter(|root| {
                let outer = *root >= until;
                if outer {
                    until = nodes.next(*root);
                }
                outer
            })
            .collect()
    }

    fn resources(&mut self, rows: &BTreeSet<u32>) -> Vec<u32> {
        let from = self.from;
        let chosen: Vec<(u32, Resource)> =
            rows.iter().filter_map(|row| Some((*row, *from.resources.get(*row as usize)?))).collect();
        let shapes: Vec<Shape> =
            from.shapes.iter().filter(|shape| rows.contains(&shape.resource)).copied().collect();
        let wanted = chosen.iter().map(|(_, it)| it.root).chain(shapes.iter().map(|shape| shape.root));
        for root in self.roots(wanted) {
            self.subtree(root);
        }
        let mut new_rows = vec![NONE; from.resources.len()];
        let mut result = Vec::with_capacity(chosen.len());
        for (row, it) in chosen {
            let resource = Resource {
                address: self.text(it.address),
                kind: self.text(it.kind),
                provider: self.text(it.provider),
                name: self.text(it.name),
                format: self.text(it.format),
                document: self.document(it.document),
                root: look(&self.nodes, it.root),
                origin: self.origin(it.origin),
                module: self.text(it.module),
            };
            let new = self.into.resource(resource);
            put(&mut new_rows, row, new);
            result.push(new);
        }
        for shape in shapes {
            let (resource, root) = (look(&new_rows, shape.resource), look(&self.nodes, shape.root));
            self.into.shape(resource, from.text(shape.id), root);
        }
        for relation in &from.relations {
            let from_node = look(&self.nodes, relation.from_node);
            if from_node == NONE {
                continue;
            }
            let to_resource =
                if relation.to_resource == NONE { NONE } else { look(&new_rows, relation.to_resource) };
            let relation = Relation {
                from_node,
                to_resource,
                target_text: self.text(relation.target_text),
                attribute: self.text(relation.attribute),
            };
            self.into.relation(relation);
        }
        result
    }
}
