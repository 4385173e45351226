//! Each rule of the contract, violated once.

use palisade_tape::{Batch, Builder, Comment, Kind, NONE, Origin, Relation, Resource, Shape, Unknown};

/// A valid batch with all kinds of values. Texts: 0 empty, 1 path, 2 format, 3 `key`, 4 to 6 others. Nodes:
///
/// ```yaml
/// 0: {1: text, 2: [3: unknown], 4: link to 2}
/// ```
fn sound() -> Batch {
    let mut builder = Builder::new();
    let document = builder.document("größe.yaml", "kubernetes");
    let place = |parent| Origin {
        document,
        start: 0,
        end: 1,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
        note: 0,
        parent,
    };
    let cause = builder.origin(place(NONE));
    let origin = builder.origin(place(cause));
    let key = builder.text("key");
    let root = builder.open(Kind::Mapping, 0, NONE, origin);
    builder.scalar(Kind::Text, key, origin, "value", origin);
    let list = builder.open(Kind::Sequence, key, origin, origin);
    let unknown = Unknown { expression: key, reason: 0, known_prefix: 0, expected_type: 0, origin };
    builder.unknown(0, NONE, unknown, NONE);
    let list = builder.close(list, None);
    builder.link(key, NONE, list, origin);
    let root = builder.close(root, None);
    for _ in 0..2 {
        let resource = Resource {
            address: key,
            kind: key,
            provider: key,
            name: key,
            format: key,
            document,
            root,
            origin,
            module: 0,
        };
        let row = builder.resource(resource);
        builder.shape(row, "shape@1", list);
    }
    builder.relation(Relation { from_node: 1, to_resource: 1, target_text: key, attribute: 0 });
    builder.relation(Relation { from_node: 1, to_resource: NONE, target_text: key, attribute: 0 });
    builder.comment(document, origin, "why");
    builder.finish()
}

#[test]
fn nothing_is_wrong_to_begin_with() {
    assert_eq!(sound().validate(), Ok(()));
    assert_eq!(Batch::default().validate(), Ok(()));
}

/// The message, and a change that causes it.
type Rule = (&'static str, fn(&mut Batch));

const STRINGS: &[Rule] = &[
    ("strings.ends row 0: text 0 must be empty", |it| it.strings.ends.clear()),
    ("strings.ends row 0: text 0 must be empty", |it| it.strings.ends[0] = 1),
    ("strings.ends row 2: an end must be in the arena, in order, between characters", |it| {
        it.strings.ends[2] = 1;
    }),
    // In the middle of the ö.
    ("strings.ends row 1: an end must be in the arena, in order, between characters", |it| {
        it.strings.ends[1] = 3;
    }),
    ("strings.ends row 7: an end must be in the arena, in order, between characters", |it| {
        it.strings.ends.push(1000);
    }),
];

const TABLES: &[Rule] = &[
    ("documents row 0: no such text", |it| it.documents[0].path = 7),
    ("documents row 0: no such text", |it| it.documents[0].format = NONE),
    ("unknowns row 0: no such text or origin", |it| it.unknowns[0].expression = 7),
    ("unknowns row 0: no such text or origin", |it| it.unknowns[0].reason = 7),
    ("unknowns row 0: no such text or origin", |it| it.unknowns[0].known_prefix = 7),
    ("unknowns row 0: no such text or origin", |it| it.unknowns[0].expected_type = 7),
    ("unknowns row 0: no such text or origin", |it| it.unknowns[0].origin = 2),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].address = 7),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].kind = 7),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].provider = 7),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].name = 7),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].format = 7),
    ("resources row 0: no such text, document, node or origin", |it| it.resources[0].module = 7),
    ("resources row 1: no such text, document, node or origin", |it| it.resources[1].document = 1),
    ("resources row 1: no such text, document, node or origin", |it| it.resources[1].root = 5),
    ("resources row 1: no such text, document, node or origin", |it| it.resources[1].origin = 2),
    ("relations row 0: no such text, resource or node", |it| it.relations[0].from_node = NONE),
    ("relations row 0: no such text, resource or node", |it| it.relations[0].to_resource = 2),
    ("relations row 1: no such text, resource or node", |it| it.relations[1].target_text = 7),
    ("relations row 1: no such text, resource or node", |it| it.relations[1].attribute = 7),
    ("comments row 0: no such document, origin or text", |it| it.comments[0].document = 1),
    ("comments row 0: no such document, origin or text", |it| it.comments[0].origin = 2),
    ("comments row 1: no such document, origin or text", |it| {
        it.comments.push(Comment { document: 0, origin: NONE, text: 7 });
    }),
    ("shapes row 0: no such resource, text or node", |it| it.shapes[0].resource = 2),
    ("shapes row 0: no such resource, text or node", |it| it.shapes[0].id = 7),
    ("shapes row 0: no such resource, text or node", |it| it.shapes[0].root = 5),
    ("shapes row 2: shapes must be in the order of their resources", |it| {
        it.shapes.push(Shape { resource: 0, id: 0, root: 0 });
    }),
];

const ORIGINS: &[Rule] = &[
    ("origins row 3: columns differ in length", |it| it.origins.starts.push(0)),
    ("origins row 3: columns differ in length", |it| it.origins.ends.push(0)),
    ("origins row 3: columns differ in length", |it| it.origins.lines.push(1)),
    ("origins row 3: columns differ in length", |it| it.origins.columns.push(1)),
    ("origins row 3: columns differ in length", |it| it.origins.end_lines.push(1)),
    ("origins row 3: columns differ in length", |it| it.origins.end_columns.push(1)),
    ("origins row 3: columns differ in length", |it| it.origins.notes.push(0)),
    ("origins row 3: columns differ in length", |it| it.origins.parents.push(NONE)),
    ("origins row 2: columns differ in length", |it| it.origins.documents.truncate(1)),
    ("origins.documents row 1: no such document", |it| it.origins.documents[1] = 1),
    ("origins.notes row 0: no such text", |it| it.origins.notes[0] = 7),
    ("origins.lines row 0: lines count from 1", |it| it.origins.lines[0] = 0),
    ("origins.columns row 0: columns count from 1", |it| it.origins.columns[0] = 0),
    ("origins.end-lines row 1: lines count from 1", |it| it.origins.end_lines[1] = 0),
    ("origins.end-columns row 1: columns count from 1", |it| it.origins.end_columns[1] = 0),
    ("origins.parents row 0: a parent must be an earlier row", |it| it.origins.parents[0] = 0),
    ("origins.parents row 0: a parent must be an earlier row", |it| it.origins.parents[0] = 1),
    ("origins.parents row 1: a parent must be an earlier row", |it| it.origins.parents[1] = 2),
];

const NODES: &[Rule] = &[
    ("nodes row 6: columns differ in length", |it| it.nodes.keys.push(0)),
    ("nodes row 6: columns differ in length", |it| it.nodes.values.push(0)),
    ("nodes row 6: columns differ in length", |it| it.nodes.key_origins.push(NONE)),
    ("nodes row 6: columns differ in length", |it| it.nodes.origins.push(NONE)),
    ("nodes row 6: columns differ in length", |it| it.nodes.nexts.push(6)),
    ("nodes row 5: columns differ in length", |it| it.nodes.kinds.truncate(2)),
    ("nodes.kinds row 1: no such kind", |it| it.nodes.kinds[1] = 8),
    ("nodes.keys row 1: no such text", |it| it.nodes.keys[1] = 7),
    ("nodes.key-origins row 1: no such origin", |it| it.nodes.key_origins[1] = 2),
    ("nodes.origins row 1: no such origin", |it| it.nodes.origins[1] = 2),
    // Before the subtree, beyond the table, beyond its parent, and a leaf with children.
    ("nodes.nexts row 0: subtrees must nest", |it| it.nodes.nexts[0] = 0),
    ("nodes.nexts row 0: subtrees must nest", |it| it.nodes.nexts[0] = 6),
    ("nodes.nexts row 2: subtrees must nest", |it| it.nodes.nexts[0] = 3),
    ("nodes.nexts row 1: subtrees must nest", |it| it.nodes.nexts[1] = 3),
    // A text, an unknown, and links: to themselves, to an open node, to a later node.
    ("nodes.values row 1: no such text, unknown or earlier whole node", |it| it.nodes.values[1] = 7),
    ("nodes.values row 3: no such text, unknown or earlier whole node", |it| it.nodes.values[3] = 1),
    ("nodes.values row 4: no such text, unknown or earlier whole node", |it| it.nodes.values[4] = 4),
    ("nodes.values row 4: no such text, unknown or earlier whole node", |it| it.nodes.values[4] = 0),
    ("nodes.values row 4: no such text, unknown or earlier whole node", |it| it.nodes.values[4] = NONE),
];

#[test]
fn each_rule_is_named() {
    for (message, break_it) in STRINGS.iter().chain(TABLES).chain(ORIGINS).chain(NODES) {
        let mut batch = sound();
        break_it(&mut batch);
        let found = batch.validate().map_err(|invalid| invalid.to_string());
        assert_eq!(found, Err((*message).to_owned()));
    }
}

/// Unusual batches that are valid.
#[test]
fn what_is_not_forbidden_is_allowed() {
    let odd: [Rule; 5] = [
        ("text that no index leads to", |it| it.strings.arena.push_str("unused")),
        ("a text twice", |it| it.strings.ends.push(it.strings.ends[6])),
        ("a relation to nowhere", |it| it.relations[0].to_resource = NONE),
        ("a resource without an origin", |it| it.resources[0].origin = NONE),
        ("a link to a link's neighbour", |it| it.nodes.values[4] = 1),
    ];
    for (what, change) in odd {
        let mut batch = sound();
        change(&mut batch);
        assert_eq!(batch.validate(), Ok(()), "{what}");
    }
}
