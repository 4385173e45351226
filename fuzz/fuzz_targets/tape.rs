//! Any numbers as a batch: validating, walking, cutting and adding shapes neither panics nor runs endlessly.
#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use palisade_shapes::{Shapes, Tables};
use palisade_tape::{Batch, Document, Nodes, Origins, Resource, Shape, Strings};

/// Shapes of every kind, with the keys and texts from below.
const TABLES: &str = r#"
spelling.s = { maps = ["c"], many = { b = "bs" } }
companion.c = { kinds = [""], by = { b = ["b", "c"] } }

[[define]]
id = "spelled@1"
[[define.from]]
formats = [""]
kinds = ["*"]
spelling = "s"

[[define]]
id = "fields@1"
fields.one = { prefer = "b" }
fields.all = { many = true }
[[define.from]]
formats = [""]
kinds = ["*"]
fields.one = ["b", { of = "c", at = "b.c" }]
fields.all = [{ of = "c", at = "b" }, "c"]
"#;

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let tables: Tables = toml::from_str(TABLES).expect("tables");
    Shapes::merge([("fuzz", &tables)]).expect("shapes")
});

fuzz_target!(|bytes: &[u8]| {
    let mut numbers = bytes.iter().map(|byte| if *byte > 250 { u32::MAX } else { u32::from(*byte) });
    let mut column = |length: usize| -> Vec<u32> { (0..length).map_while(|_| numbers.next()).collect() };
    let [texts, origins, nodes, resources] = [8, 6, 24, 4];
    let mut batch = Batch {
        strings: Strings { arena: "äb c".repeat(8), ends: column(texts) },
        documents: column(2).into_iter().map(|path| Document { path, format: 0 }).collect(),
        origins: Origins {
            documents: column(origins),
            starts: column(origins),
            ends: column(origins),
            lines: column(origins),
            columns: column(origins),
            end_lines: column(origins),
            end_columns: column(origins),
            notes: column(origins),
            parents: column(origins),
        },
        nodes: Nodes {
            kinds: column(nodes).into_iter().map(|kind| u8::try_from(kind % 9).unwrap_or(0)).collect(),
            keys: column(nodes),
            values: column(nodes),
            key_origins: column(nodes),
            origins: column(nodes),
            nexts: column(nodes),
        },
        ..Batch::default()
    };
    for root in column(resources) {
        batch.resources.push(Resource { root, ..Resource::default() });
        batch.shapes.push(Shape { resource: 0, id: 0, root });
    }
    let valid = batch.validate().is_ok();
    let rows: BTreeSet<u32> = (0..8).collect();
    let part = batch.extract(&rows);
    if valid {
        part.validate().expect("a part of a valid batch is valid");
        let shaped = SHAPES.apply(batch.clone());
        shaped.validate().expect("a valid batch with shapes is valid");
    }
    for resource in batch.resource_views() {
        let mut open: Vec<_> = vec![resource.root()];
        for _ in 0..200 {
            let Some(node) = open.pop() else { break };
            let _ = (node.key(), node.as_scalar(), node.origin(), node.get("a").is_some());
            open.extend(node.children().take(50));
        }
    }
});
