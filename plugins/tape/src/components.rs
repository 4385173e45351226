//! Cuts a large batch into smaller ones that can be judged separately.

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::{Batch, NONE};

/// Which resources are related, directly or indirectly: each points towards the smallest row of its component.
struct Components(Vec<usize>);

impl Components {
    fn of(batch: &Batch) -> Components {
        let mut components = Components((0..batch.resources.len()).collect());
        // Resources by their first node, to find the one in which a relation starts.
        let mut starts: Vec<(u32, usize)> =
            batch.resources.iter().enumerate().map(|(row, it)| (it.root, row)).collect();
        starts.sort_unstable();
        for relation in batch.relations.iter().filter(|it| it.to_resource != NONE) {
            let after = starts.partition_point(|(root, _)| *root <= relation.from_node);
            let Some((_, from)) = after.checked_sub(1).and_then(|at| starts.get(at)) else { continue };
            components.join(*from, relation.to_resource as usize);
        }
        components
    }

    /// The smallest row of a component. Shortens the path of the rows on the way.
    fn first(&mut self, mut at: usize) -> usize {
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(place) = self.0.get_mut(at) {
                *place = above;
            }
            at = up;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(place) = self.0.get_mut(one.max(other)) {
            *place = one.min(other);
        }
    }
}

impl Batch {
    /// Groups of resources of at most about this size in bytes. Related resources stay together, however large the
    /// group is.
    pub fn chunks(&self, bytes: usize) -> Vec<BTreeSet<u32>> {
        let mut components = Components::of(self);
        let mut groups: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
        for (row, number) in (0u32..).zip(0..self.resources.len()) {
            groups.entry(components.first(number)).or_default().insert(row);
        }
        let per_node = self.weight() / self.nodes.len().max(1);
        let weight = |row: &u32| {
            let root = self.resources.get(*row as usize).map_or(0, |it| it.root);
            per_node * self.nodes.next(root).saturating_sub(root) as usize
        };
        let mut chunks: Vec<BTreeSet<u32>> = Vec::new();
        let mut filled = 0usize;
        for rows in groups.into_values() {
            let heavy: usize = rows.iter().map(weight).sum();
            if chunks.is_empty() || filled.saturating_add(heavy) > bytes {
                chunks.push(BTreeSet::new());
                filled = 0;
            }
            filled = filled.saturating_add(heavy);
            if let Some(chunk) = chunks.last_mut() {
                chunk.extend(rows);
            }
        }
        chunks
    }
}

#[cfg(test)]
mod tests {
    use crate::{Batch, Builder, Kind, NONE, Relation, Resource};

    /// Resources of one node each, and their relations.
    fn batch(resources: u32, relations: &[(u32, u32)]) -> Batch {
        let mut builder = Builder::new();
        let document = builder.document("a.tf", "terraform");
        for row in 0..resources {
            let root = builder.scalar(Kind::Text, 0, NONE, "x", NONE);
            let address = builder.text(&format!("r{row}"));
            builder.resource(Resource { address, document, root, ..Resource::default() });
        }
        for (from_node, to_resource) in relations {
            builder.relation(Relation {
                from_node: *from_node,
                to_resource: *to_resource,
                target_text: 0,
                attribute: 0,
            });
        }
        builder.finish()
    }

    #[test]
    fn what_is_related_stays_together_and_everything_is_somewhere() {
        type Relations = &'static [(u32, u32)];
        type Groups = &'static [&'static [u32]];
        let cases: [(Relations, Groups); 4] = [
            (&[], &[&[0], &[1], &[2], &[3], &[4]]),
            (&[(0, 4)], &[&[0, 4], &[1], &[2], &[3]]),
            (&[(3, 1), (4, 3)], &[&[0], &[1, 3, 4], &[2]]),
            (&[(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], &[&[0, 1, 2, 3, 4]]),
        ];
        for (relations, expected) in cases {
            let found: Vec<Vec<u32>> =
                batch(5, relations).chunks(1).into_iter().map(|rows| rows.into_iter().collect()).collect();
            assert_eq!(found, expected, "{relations:?}");
        }
        assert_eq!(batch(5, &[]).chunks(usize::MAX).len(), 1);
    }
}
