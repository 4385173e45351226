//! An extracted batch has the same data about its resources as the whole.

use std::collections::BTreeSet;

use palisade_tape::{Batch, Builder, Kind, NONE, Resource};
use proptest::prelude::*;

use crate::arbitrary::built;
use crate::render;

/// Relations that start inside of a kept resource or shape.
fn certain_relations(batch: &Batch, kept: &BTreeSet<u32>) -> Vec<String> {
    let roots: Vec<u32> = batch
        .resource_views()
        .filter(|it| kept.contains(&it.row()))
        .map(|it| batch.resources[it.row() as usize].root)
        .chain(batch.shapes.iter().filter(|it| kept.contains(&it.resource)).map(|it| it.root))
        .collect();
    batch
        .relations
        .iter()
        .filter(|it| roots.iter().any(|root| (*root..batch.nodes.next(*root)).contains(&it.from_node)))
        .map(|it| render::relation(batch, it, |row| kept.contains(&row)))
        .collect()
}

fn relations(batch: &Batch, kept: impl Fn(u32) -> bool + Copy) -> Vec<String> {
    batch.relations.iter().map(|it| render::relation(batch, it, kept)).collect()
}

/// Whether the first is a subsequence of the second.
fn within(part: &[String], whole: &[String]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|one| whole.any(|other| one == other))
}

proptest! {
    #[test]
    fn what_is_built_is_valid(batch in built()) {
        prop_assert_eq!(batch.validate(), Ok(()));
        render::walk_everything(&batch);
    }

    #[test]
    fn a_part_keeps_its_resources(batch in built(), bits in any::<u32>()) {
        let kept = render::rows(&batch, bits);
        let part = batch.extract(&kept);
        prop_assert_eq!(part.validate(), Ok(()));
        let expected: Vec<String> =
            kept.iter().filter_map(|row| batch.resource(*row)).map(render::resource).collect();
        prop_assert_eq!(render::resources(&part), expected);
        let kept_relations = relations(&part, |_| true);
        prop_assert!(within(&certain_relations(&batch, &kept), &kept_relations));
        prop_assert!(within(&kept_relations, &relations(&batch, |row| kept.contains(&row))));
        prop_assert!(part.nodes.len() <= batch.nodes.len(), "a node is copied once");
        prop_assert!(part.origins.len() <= batch.origins.len(), "an origin is copied once");
    }

    #[test]
    fn all_of_it_is_the_same(batch in built()) {
        let all = render::rows(&batch, u32::MAX);
        let copy = batch.extract(&all);
        prop_assert_eq!(render::resources(&copy), render::resources(&batch));
        // Extracting from a copy changes nothing.
        prop_assert_eq!(copy.extract(&all), copy);
    }

    #[test]
    fn several_are_their_sum(batches in prop::collection::vec(built(), 0..4), bits in any::<u32>()) {
        let mut builder = Builder::new();
        let mut expected = Vec::new();
        let mut kept_relations = Vec::new();
        for batch in &batches {
            let rows = render::rows(batch, bits);
            let before = builder.batch().resources.len();
            let new = builder.append(batch, &rows);
            let count = u32::try_from(before + rows.len()).unwrap();
            prop_assert!(new.iter().copied().eq(u32::try_from(before).unwrap()..count), "in the same order");
            let part = batch.extract(&rows);
            expected.extend(render::resources(&part));
            kept_relations.extend(relations(&part, |_| true));
        }
        let sum = builder.finish();
        prop_assert_eq!(sum.validate(), Ok(()));
        prop_assert_eq!(render::resources(&sum), expected);
        prop_assert_eq!(relations(&sum, |_| true), kept_relations);
    }
}

#[test]
fn rows_that_are_not_there_are_left_out() {
    let mut builder = Builder::new();
    let rows = builder.append(&Batch::default(), &BTreeSet::from([0, 7, NONE]));
    assert_eq!(rows, []);
    assert_eq!(builder.finish(), Batch::default());
}

/// Nested resources, all extracted, the innermost first: a copier that visits a node once for each enclosing resource
/// would take far too long.
#[test]
fn nesting_costs_nothing() {
    let depth = 300_000;
    let mut builder = Builder::new();
    builder.document("deep.yaml", "kubernetes");
    let marks: Vec<_> = (0..depth).map(|_| builder.open(Kind::Sequence, 0, NONE, NONE)).collect();
    let mut roots: Vec<u32> = marks.into_iter().rev().map(|mark| builder.close(mark, None)).collect();
    roots.reverse();
    for root in roots {
        builder.resource(Resource { root, ..Resource::default() });
    }
    let batch = builder.finish();
    assert_eq!(batch.validate(), Ok(()));
    assert_eq!(batch.extract(&(0..depth).collect()), batch);
}
