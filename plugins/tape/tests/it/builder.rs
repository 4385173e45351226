//! Building batches.

use palisade_tape::{Batch, Builder, Kind, NONE, Node, Origin, Unknown};
use proptest::prelude::*;

proptest! {
    #[test]
    fn equal_texts_are_kept_once(texts in prop::collection::vec("[ab]{0,3}|.{0,6}", 0..60)) {
        let mut builder = Builder::new();
        let indices: Vec<u32> = texts.iter().map(|text| builder.text(text)).collect();
        for (text, index) in texts.iter().zip(&indices) {
            prop_assert_eq!(builder.batch().text(*index), text);
            prop_assert_eq!(builder.text(text), *index);
        }
        let mut distinct = texts.clone();
        distinct.push(String::new());
        distinct.sort();
        distinct.dedup();
        prop_assert_eq!(builder.batch().strings.ends.len(), distinct.len());
        prop_assert_eq!(builder.batch().strings.arena.len(), distinct.iter().map(String::len).sum::<usize>());
        prop_assert_eq!(builder.batch().validate(), Ok(()));
    }
}

#[test]
fn text_0_is_the_empty_one() {
    let mut builder = Builder::new();
    assert_eq!(builder.text(""), 0);
    assert_eq!(builder.text("a"), 1);
    assert_eq!(builder.batch().text(0), "");
    assert_eq!(builder.batch().text(7), "");
    assert_eq!(builder.batch().text(NONE), "");
}

#[test]
fn a_null_has_no_text() {
    let mut builder = Builder::new();
    let node = builder.scalar(Kind::Null, 0, NONE, "~", NONE);
    let batch = builder.finish();
    assert_eq!(batch.strings.ends, [0]);
    assert!(Node::new(&batch, node).is_null());
    assert_eq!(Node::new(&batch, node).as_scalar(), None);
}

#[test]
fn closing_may_move_the_origin() {
    let mut builder = Builder::new();
    let document = builder.document("a.yaml", "kubernetes");
    let place = |line| Origin {
        document,
        start: 0,
        end: 1,
        line,
        column: 1,
        end_line: line,
        end_column: 2,
        note: 0,
        parent: NONE,
    };
    let (early, late) = (builder.origin(place(1)), builder.origin(place(2)));
    for (closing, line) in [(None, 1), (Some(late), 2)] {
        let mark = builder.open(Kind::Mapping, 0, NONE, early);
        let node = builder.close(mark, closing);
        assert_eq!(Node::new(builder.batch(), node).origin().map(|it| it.line), Some(line));
    }
}

fn unknown(builder: &mut Builder, expression: &str, origin: u32) -> u32 {
    let expression = builder.text(expression);
    let unknown = Unknown { expression, reason: 0, known_prefix: 0, expected_type: 0, origin };
    builder.unknown(0, NONE, unknown, NONE)
}

fn expression(batch: &Batch, node: u32) -> &str {
    Node::new(batch, node).as_unknown().map_or("", |it| batch.text(it.expression))
}

#[test]
fn truncating_forgets_what_came_after() {
    let mut builder = Builder::new();
    let document = builder.document("a.yaml", "kubernetes");
    let origin = Origin {
        document,
        start: 0,
        end: 1,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        note: 0,
        parent: NONE,
    };
    let early = builder.origin(origin);
    let kept = unknown(&mut builder, "kept", early);
    let before = builder.batch().clone();
    let (nodes, origins) = (builder.node_count(), u32::try_from(before.origins.len()).unwrap());

    // With an origin of its own, with one that stays, and without.
    let late = builder.origin(origin);
    for origin in [late, early, NONE] {
        unknown(&mut builder, "kept", origin);
    }
    let mark = builder.open(Kind::Sequence, 0, NONE, late);
    builder.link(0, NONE, kept, NONE);
    builder.close(mark, None);
    builder.truncate(nodes, origins);
    assert_eq!(builder.batch(), &before);

    // Building continues normally.
    let next = unknown(&mut builder, "next", NONE);
    let text = builder.text("kept");
    let batch = builder.finish();
    assert_eq!(batch.validate(), Ok(()));
    assert_eq!((expression(&batch, kept), expression(&batch, next)), ("kept", "next"));
    assert_eq!(batch.text(text), "kept");
}

#[test]
fn truncating_keeps_texts() {
    let mut builder = Builder::new();
    builder.scalar(Kind::Text, 0, NONE, "once", NONE);
    builder.truncate(0, 0);
    assert_eq!(builder.node_count(), 0);
    assert_eq!(builder.text("once"), 1);
    builder.truncate(9, 9);
    assert_eq!(builder.finish().strings.ends, [0, 4]);
}
