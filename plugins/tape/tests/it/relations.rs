//! The index of relations.

use palisade_tape::{Batch, Builder, Kind, NONE, Node, Relation, Relations, Resource};

fn resource(builder: &mut Builder, address: &str, root: u32) -> u32 {
    let document = builder.document("main.tf", "terraform");
    let address = builder.text(address);
    builder.resource(Resource { address, document, root, ..Resource::default() })
}

fn relate(builder: &mut Builder, from_node: u32, to_resource: u32, attribute: &str) {
    let attribute = builder.text(attribute);
    builder.relation(Relation { from_node, to_resource, target_text: 0, attribute });
}

/// Two instances that share a value, a third resource with a shape, and the targets of their relations.
fn batch() -> Batch {
    let mut builder = Builder::new();
    let bucket = builder.scalar(Kind::Text, 0, NONE, "logs", NONE);
    let bucket = resource(&mut builder, "bucket", bucket);
    let key = builder.text("bucket");
    let first = builder.open(Kind::Mapping, 0, NONE, NONE);
    let shared = builder.scalar(Kind::Text, key, NONE, "logs", NONE);
    let first = builder.close(first, None);
    resource(&mut builder, "one", first);
    let second = builder.open(Kind::Mapping, 0, NONE, NONE);
    builder.link(key, NONE, shared, NONE);
    let second = builder.close(second, None);
    resource(&mut builder, "other", second);
    let lone = builder.scalar(Kind::Text, 0, NONE, "x", NONE);
    let document = builder.scalar(Kind::Text, 0, NONE, "y", NONE);
    let lone = resource(&mut builder, "lone", lone);
    builder.shape(lone, "decoded", document);
    relate(&mut builder, shared, bucket, "id");
    relate(&mut builder, document, bucket, "arn");
    relate(&mut builder, document, NONE, "");
    builder.finish()
}

#[test]
fn a_shared_value_belongs_to_each_resource_that_links_to_it() {
    let batch = batch();
    batch.validate().unwrap();
    let relations = Relations::of(&batch);
    let towards = |row| -> Vec<(&str, &str)> {
        let found = relations.towards(batch.resource(row).unwrap());
        found.map(|(from, relation)| (from.address(), batch.text(relation.attribute))).collect()
    };
    assert_eq!(towards(0), [("one", "id"), ("other", "id"), ("lone", "arn")]);
    assert_eq!(towards(1), []);
    let counts: Vec<usize> = batch.resource_views().map(|it| relations.from_resource(it).count()).collect();
    assert_eq!(counts, [0, 1, 1, 2]);
}

#[test]
fn a_link_refers_to_what_its_target_refers_to() {
    let batch = batch();
    let relations = Relations::of(&batch);
    for row in [1, 2] {
        let value = batch.resource(row).unwrap().root().get("bucket").unwrap();
        let found: Vec<u32> = relations.from_node(value).map(|it| it.to_resource).collect();
        assert_eq!(found, [0]);
    }
    assert_eq!(relations.from_node(Node::new(&batch, 0)).count(), 0);
}
