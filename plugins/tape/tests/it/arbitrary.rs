//! Batches of every form that a parser may build, and invalid columns.

use palisade_tape::{
    Batch, Builder, Comment, Document, Kind, NONE, Nodes, Origin, Origins, Relation, Resource, Shape,
    Strings, Unknown,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Decisions, one number each. When they run out, the simplest choice is made. Shrinking removes decisions and reduces
/// them, which makes the batch smaller.
struct Decisions {
    numbers: std::vec::IntoIter<u32>,
}

impl Decisions {
    fn below(&mut self, limit: usize) -> usize {
        self.numbers.next().unwrap_or(0) as usize % limit.max(1)
    }

    fn row(&mut self, length: usize) -> u32 {
        index(self.below(length))
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 1
    }
}

fn index(number: usize) -> u32 {
    u32::try_from(number).expect("a small number")
}

const TEXTS: [&str; 7] = ["", "name", "spec", "true", "17", "größe", "a.b\nc"];

struct Maker {
    decisions: Decisions,
    builder: Builder,
    /// Closed nodes.
    closed: Vec<u32>,
}

impl Maker {
    fn text(&mut self) -> &'static str {
        TEXTS[self.decisions.below(TEXTS.len())]
    }

    fn text_index(&mut self) -> u32 {
        let text = self.text();
        self.builder.text(text)
    }

    fn origin(&mut self) -> u32 {
        if !self.decisions.yes() {
            return NONE;
        }
        let rows = self.builder.batch().origins.len();
        let parent = if rows > 0 && self.decisions.yes() { self.decisions.row(rows) } else { NONE };
        let start = self.decisions.row(50);
        let line = 1 + self.decisions.row(9);
        let column = 1 + self.decisions.row(9);
        let document = self.decisions.row(self.builder.batch().documents.len());
        let note = self.text_index();
        self.builder.origin(Origin {
            document,
            start,
            end: start + 1,
            line,
            column,
            end_line: line,
            end_column: column + 1,
            note,
            parent,
        })
    }

    fn value(&mut self, key: u32, depth: usize) -> u32 {
        let key_origin = self.origin();
        let origin = self.origin();
        let choices = if depth == 0 { 6 } else { 8 };
        let node = match self.decisions.below(choices) {
            0 => self.builder.scalar(Kind::Null, key, key_origin, "", origin),
            1 => self.builder.scalar(Kind::Boolean, key, key_origin, "true", origin),
            2 => self.builder.scalar(Kind::Number, key, key_origin, "17", origin),
            3 => {
                let text = self.text();
                self.builder.scalar(Kind::Text, key, key_origin, text, origin)
            }
            4 => {
                let unknown = Unknown {
                    expression: self.text_index(),
                    reason: self.text_index(),
                    known_prefix: self.text_index(),
                    expected_type: self.text_index(),
                    origin: self.origin(),
                };
                self.builder.unknown(key, key_origin, unknown, origin)
            }
            5 if self.closed.is_empty() => self.builder.scalar(Kind::Null, key, key_origin, "", origin),
            5 => {
                let target = self.closed[self.decisions.below(self.closed.len())];
                self.builder.link(key, key_origin, target, origin)
            }
            kind => {
                let kind = if kind == 6 { Kind::Sequence } else { Kind::Mapping };
                let mark = self.builder.open(kind, key, key_origin, origin);
                for _ in 0..self.decisions.below(4) {
                    let key = if kind == Kind::Mapping { self.text_index() } else { 0 };
                    self.value(key, depth - 1);
                }
                let late = self.decisions.yes().then(|| self.origin());
                self.builder.close(mark, late)
            }
        };
        self.closed.push(node);
        node
    }

    fn batch(mut self) -> Batch {
        for number in 0..=self.decisions.below(3) {
            self.builder.document(&format!("file-{number}.yaml"), "kubernetes");
        }
        for number in 0..self.decisions.below(7) {
            let mut root = self.value(0, 4);
            if self.decisions.below(4) == 3 {
                // A node that only links refer to.
                continue;
            }
            if self.decisions.below(4) == 3 {
                // Two overlapping resources: one is a part of the other.
                root = self.closed[self.decisions.below(self.closed.len())];
            }
            let address = self.builder.text(&format!("address-{number}"));
            let resource = Resource {
                address,
                kind: self.text_index(),
                provider: self.text_index(),
                name: self.text_index(),
                format: self.text_index(),
                document: self.decisions.row(self.builder.batch().documents.len()),
                root,
                origin: self.origin(),
                module: self.text_index(),
            };
            let row = self.builder.resource(resource);
            for _ in 0..self.decisions.below(3) {
                let root = self.closed[self.decisions.below(self.closed.len())];
                let id = self.text();
                self.builder.shape(row, id, root);
            }
        }
        let resources = self.builder.batch().resources.len();
        for _ in 0..self.decisions.below(4).min(self.closed.len()) {
            let known = resources > 0 && self.decisions.yes();
            let relation = Relation {
                from_node: self.closed[self.decisions.below(self.closed.len())],
                to_resource: if known { self.decisions.row(resources) } else { NONE },
                target_text: self.text_index(),
                attribute: self.text_index(),
            };
            self.builder.relation(relation);
        }
        for _ in 0..self.decisions.below(3) {
            let document = self.decisions.row(self.builder.batch().documents.len());
            let origin = self.origin();
            let text = self.text();
            self.builder.comment(document, origin, text);
        }
        self.builder.finish()
    }
}

/// A batch as a parser may build it.
pub(crate) fn built() -> impl Strategy<Value = Batch> {
    vec(any::<u32>(), 0..400).prop_map(|numbers| {
        let decisions = Decisions { numbers: numbers.into_iter() };
        Maker { decisions, builder: Builder::new(), closed: Vec::new() }.batch()
    })
}

/// A number that is a valid index of some columns.
pub(crate) fn number() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..24u32, 1 => Just(NONE), 1 => Just(NONE - 1), 1 => any::<u32>()]
}

fn column() -> impl Strategy<Value = Vec<u32>> {
    vec(number(), 0..20)
}

/// Columns of a table; mostly of the same length, so that more than the first check is reached.
fn columns<const N: usize>() -> impl Strategy<Value = [Vec<u32>; N]> {
    let even = (0..20usize)
        .prop_flat_map(|length| vec(vec(number(), length), N))
        .prop_map(|columns| columns.try_into().expect("as many as asked for"));
    let ragged = vec(column(), N).prop_map(|columns| columns.try_into().expect("as many as asked for"));
    prop_oneof![3 => even, 1 => ragged]
}

/// Any values of the right types.
pub(crate) fn anything() -> impl Strategy<Value = Batch> {
    let strings = (".{0,12}", column()).prop_map(|(arena, mut ends)| {
        if ends.len() % 2 == 0 {
            ends.sort_unstable();
            ends.insert(0, 0);
        }
        Strings { arena, ends }
    });
    let origins = columns::<9>().prop_map(
        |[documents, starts, ends, lines, columns, end_lines, end_columns, notes, parents]| Origins {
            documents,
            starts,
            ends,
            lines,
            columns,
            end_lines,
            end_columns,
            notes,
            parents,
        },
    );
    let nodes = columns::<6>().prop_map(|[kinds, keys, values, key_origins, origins, nexts]| Nodes {
        kinds: kinds.into_iter().map(|kind| u8::try_from(kind % 9).expect("small")).collect(),
        keys,
        values,
        key_origins,
        origins,
        nexts,
    });
    let documents = vec([number(), number()].prop_map(|[path, format]| Document { path, format }), 0..4);
    let unknowns = vec(
        [number(), number(), number(), number(), number()].prop_map(
            |[expression, reason, known_prefix, expected_type, origin]| Unknown {
                expression,
                reason,
                known_prefix,
                expected_type,
                origin,
            },
        ),
        0..4,
    );
    let resources = vec(
        vec(number(), 9).prop_map(|it| Resource {
            address: it[0],
            kind: it[1],
            provider: it[2],
            name: it[3],
            format: it[4],
            document: it[5],
            root: it[6],
            origin: it[7],
            module: it[8],
        }),
        0..6,
    );
    let relations = vec(
        [number(), number(), number(), number()].prop_map(
            |[from_node, to_resource, target_text, attribute]| Relation {
                from_node,
                to_resource,
                target_text,
                attribute,
            },
        ),
        0..4,
    );
    let comments = vec(
        [number(), number(), number()].prop_map(|[document, origin, text]| Comment {
            document,
            origin,
            text,
        }),
        0..4,
    );
    let shapes = vec(
        [number(), number(), number()].prop_map(|[resource, id, root]| Shape { resource, id, root }),
        0..4,
    );
    (strings, documents, origins, unknowns, nodes, resources, relations, comments, shapes).prop_map(
        |(strings, documents, origins, unknowns, nodes, resources, relations, comments, shapes)| Batch {
            strings,
            documents,
            origins,
            unknowns,
            nodes,
            resources,
            relations,
            comments,
            shapes,
        },
    )
}

/// Every number of a batch except the kinds.
pub(crate) fn cells(batch: &mut Batch) -> Vec<&mut u32> {
    let mut cells: Vec<&mut u32> = batch.strings.ends.iter_mut().collect();
    let it = &mut batch.origins;
    for column in [
        &mut it.documents,
        &mut it.starts,
        &mut it.ends,
        &mut it.lines,
        &mut it.columns,
        &mut it.end_lines,
        &mut it.end_columns,
        &mut it.notes,
        &mut it.parents,
    ] {
        cells.extend(column);
    }
    let it = &mut batch.nodes;
    for column in [&mut it.keys, &mut it.values, &mut it.key_origins, &mut it.origins, &mut it.nexts] {
        cells.extend(column);
    }
    for it in &mut batch.documents {
        cells.extend([&mut it.path, &mut it.format]);
    }
    for it in &mut batch.unknowns {
        cells.extend([
            &mut it.expression,
            &mut it.reason,
            &mut it.known_prefix,
            &mut it.expected_type,
            &mut it.origin,
        ]);
    }
    for it in &mut batch.resources {
        cells.extend([&mut it.address, &mut it.kind, &mut it.provider, &mut it.name, &mut it.format]);
        cells.extend([&mut it.document, &mut it.root, &mut it.origin, &mut it.module]);
    }
    for it in &mut batch.relations {
        cells.extend([&mut it.from_node, &mut it.to_resource, &mut it.target_text, &mut it.attribute]);
    }
    for it in &mut batch.comments {
        cells.extend([&mut it.document, &mut it.origin, &mut it.text]);
    }
    for it in &mut batch.shapes {
        cells.extend([&mut it.resource, &mut it.id, &mut it.root]);
    }
    cells
}
