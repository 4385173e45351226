//! Finds values of a batch that are used only once.

use std::cell::OnceCell;
use std::collections::HashMap;

use palisade_domain::tape::{Batch, Kind, NONE, Node, Origin};

/// Position of a value in its file: the row of the document, and its first and last byte.
type Bytes = (u32, u32, u32);

fn bytes(origin: Origin) -> Bytes {
    (origin.document, origin.start, origin.end)
}

/// The number of values that each place in a file gives to the resources of a batch: an anchor that is used again, a
/// module that is called several times.
#[derive(Default)]
pub(crate) struct Uses(OnceCell<HashMap<Bytes, u32>>);

impl Uses {
    pub(super) fn is_single(&self, batch: &Batch, origin: Origin) -> bool {
        let uses = self.0.get_or_init(|| count_uses(batch));
        origin.parent == NONE && uses.get(&bytes(origin)).is_none_or(|count| *count <= 1)
    }
}

fn count_uses(batch: &Batch) -> HashMap<Bytes, u32> {
    let nodes = &batch.nodes;
    let mut inside = vec![false; nodes.len()];
    for resource in &batch.resources {
        let rows = resource.root as usize..nodes.next(resource.root) as usize;
        inside.get_mut(rows).into_iter().flatten().for_each(|it| *it = true);
    }
    // Number of links that begin, or end, to lead to a node and those after it.
    let mut begins = vec![0_i64; nodes.len()];
    let mut change = |node: u32, by: i64| {
        if let Some(count) = begins.get_mut(node as usize) {
            *count += by;
        }
    };
    let is_link = |row: u32| nodes.kind(row) == Kind::Link;
    let rows = (0_u32..).zip(&inside);
    for (row, _) in rows.clone().filter(|(row, inside)| **inside && is_link(*row)) {
        let target = Node::new(batch, row).index();
        change(target, 1);
        change(nodes.next(target), -1);
    }
    let mut uses = HashMap::new();
    let mut links = 0_i64;
    for ((row, inside), by) in rows.zip(&begins) {
        links += by;
        let used = links.saturating_add(i64::from(*inside));
        if let Some(origin) = Node::new(batch, row).origin().filter(|_| used > 0 && !is_link(row)) {
            let count = uses.entry(bytes(origin)).or_insert(0_u32);
            *count = count.saturating_add(u32::try_from(used).unwrap_or(u32::MAX));
        }
    }
    uses
}

#[cfg(test)]
mod tests {
    use palisade_domain::tape::{Builder, Resource};

    use super::*;

    /// The origin of one character.
    fn origin(start: u32, parent: u32) -> Origin {
        let (line, end_line) = (1, 1);
        let (column, end_column) = (start + 1, start + 2);
        Origin { document: 0, start, end: start + 1, line, column, end_line, end_column, note: 0, parent }
    }

    #[test]
    fn what_is_used_again_is_not_single() {
        let mut out = Builder::new();
        let document = out.document("a.yaml", "kubernetes");
        let key = out.text("key");
        let at: Vec<u32> = (0..6).map(|start| out.origin(origin(start, NONE))).collect();
        let caused = out.origin(origin(6, at[0]));
        let scalar = |out: &mut Builder, origin: u32| out.scalar(Kind::Text, key, NONE, "x", origin);

        let root = out.open(Kind::Mapping, 0, NONE, NONE);
        scalar(&mut out, at[0]);
        let anchored = scalar(&mut out, at[1]);
        out.link(key, NONE, anchored, NONE);
        let block = out.open(Kind::Mapping, key, NONE, NONE);
        scalar(&mut out, at[2]);
        let block = out.close(block, None);
        out.link(key, NONE, block, NONE);
        // Two instances of one module.
        scalar(&mut out, at[3]);
        scalar(&mut out, at[3]);
        scalar(&mut out, caused);
        let root = out.close(root, None);
        let resource = Resource {
            address: key,
            kind: key,
            provider: 0,
            name: key,
            format: 0,
            document,
            root,
            origin: NONE,
            module: 0,
        };
        let resource = out.resource(resource);

        // Anchors outside of all resources: one is used once, one twice.
        let outside = out.open(Kind::Mapping, 0, NONE, NONE);
        let (once, twice) = (scalar(&mut out, at[4]), scalar(&mut out, at[5]));
        out.close(outside, None);
        let other = out.open(Kind::Mapping, 0, NONE, NONE);
        for target in [once, twice, twice] {
            out.link(key, NONE, target, NONE);
        }
        let other = out.close(other, None);
        out.resource(Resource { root: other, ..out.batch().resources[resource as usize] });

        // A shape is another view of the same values.
        let shape = out.open(Kind::Mapping, 0, NONE, NONE);
        out.link(key, NONE, root, NONE);
        let shape = out.close(shape, None);
        out.shape(resource, "kubernetes.pod@1", shape);

        let batch = out.finish();
        let uses = Uses::default();
        for (origin, single) in [
            (at[0], true),
            (at[1], false),
            (at[2], false),
            (at[3], false),
            (at[4], true),
            (at[5], false),
            (caused, false),
        ] {
            let place = batch.origins.get(origin).unwrap();
            assert_eq!(uses.is_single(&batch, place), single, "{origin}");
        }
    }
}
