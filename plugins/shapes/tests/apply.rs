//! Shapes that tables add to batches.

#![cfg(test)]

#[path = "apply/fields.rs"]
mod fields;

use std::fmt::Write as _;

use palisade_shapes::{Shapes, Tables};
use palisade_tape::{Batch, Builder, DECODED, Kind, NONE, Node, Resource, Unknown};
use proptest::prelude::*;

/// A value for a batch.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Unknown,
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// The value that was written this many containers before, if there was one.
    Again(usize),
}

fn write(out: &mut Builder, key: &str, value: &Value, done: &mut Vec<u32>) {
    let key = out.text(key);
    match value {
        Value::Text(text) => {
            out.scalar(Kind::Text, key, NONE, text, NONE);
        }
        Value::Unknown => {
            let unknown =
                Unknown { expression: 0, reason: 0, known_prefix: 0, expected_type: 0, origin: NONE };
            out.unknown(key, NONE, unknown, NONE);
        }
        Value::List(items) => {
            let mark = out.open(Kind::Sequence, key, NONE, NONE);
            for it in items {
                write(out, "", it, done);
            }
            done.push(out.close(mark, None));
        }
        Value::Map(entries) => {
            let mark = out.open(Kind::Mapping, key, NONE, NONE);
            for (key, it) in entries {
                write(out, key, it, done);
            }
            done.push(out.close(mark, None));
        }
        Value::Again(back) => match done.len().checked_sub(back + 1) {
            Some(at) => {
                out.link(key, NONE, done[at], NONE);
            }
            None => {
                out.scalar(Kind::Null, key, NONE, "", NONE);
            }
        },
    }
}

/// One resource of each kind and value.
fn batch(format: &str, resources: &[(&str, Value)]) -> Batch {
    let mut out = Builder::new();
    let document = out.document("file", format);
    let mut done = Vec::new();
    for (row, (kind, value)) in resources.iter().enumerate() {
        let root = out.node_count();
        write(&mut out, "", value, &mut done);
        let (format, kind) = (out.text(format), out.text(kind));
        let address = out.text(&row.to_string());
        let resource =
            Resource { address, kind, provider: 0, name: 0, format, document, root, origin: NONE, module: 0 };
        out.resource(resource);
    }
    out.finish()
}

fn show(node: Node<'_>, out: &mut String) {
    match node.kind() {
        Kind::Mapping => {
            out.push('{');
            for (at, it) in node.children().enumerate() {
                let _ = write!(out, "{}{}: ", if at > 0 { ", " } else { "" }, it.key());
                show(it, out);
            }
            out.push('}');
        }
        Kind::Sequence => {
            out.push('[');
            for (at, it) in node.children().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                show(it, out);
            }
            out.push(']');
        }
        Kind::Unknown => out.push('?'),
        _ => out.push_str(node.as_scalar().unwrap_or("null")),
    }
}

const TABLE: &str = r#"
[[define]]
id = "acme.pod@1"
keys = ["metadata", "spec"]

[[define.from]]
formats = ["yaml"]
kinds = ["Deployment"]
at = "spec.template"
mappings = ["spec"]

[[define.from]]
formats = ["yaml"]
kinds = ["*"]
at = "spec.template"
sequences = ["spec.containers"]

[[define.from]]
formats = ["hcl"]
kinds = ["acme_deployment"]
at = "spec.template"
mappings = ["spec"]
spelling = "hcl"

[[carrier]]
formats = ["hcl"]
kinds = ["acme_manifest"]
at = "manifest"
holds = "yaml"

[[carrier]]
formats = ["hcl"]
kinds = ["acme_text"]
at = "body"
document = true
holds = "yaml"

[spelling.hcl]
maps = ["labels"]
many = { container = "containers", port = "ports" }
names = { host_pid = "hostPID" }
"#;

fn shapes() -> Shapes {
    let tables: Tables = toml::from_str(TABLE).unwrap();
    Shapes::merge([("acme", &tables)]).unwrap()
}

/// Parses a value in the notation of [`show`].
fn value(text: &str) -> Value {
    fn read(rest: &mut &str) -> Value {
        *rest = rest.trim_start_matches([' ', ',']);
        let mut chars = rest.chars();
        match chars.next().unwrap() {
            '{' => {
                *rest = chars.as_str();
                let mut entries = Vec::new();
                loop {
                    *rest = rest.trim_start_matches([' ', ',']);
                    if let Some(after) = rest.strip_prefix('}') {
                        *rest = after;
                        return Value::Map(entries);
                    }
                    let (key, after) = rest.split_once(':').unwrap();
                    *rest = after;
                    entries.push((key.to_owned(), read(rest)));
                }
            }
            '[' => {
                *rest = chars.as_str();
                let mut items = Vec::new();
                loop {
                    *rest = rest.trim_start_matches([' ', ',']);
                    if let Some(after) = rest.strip_prefix(']') {
                        *rest = after;
                        return Value::List(items);
                    }
                    items.push(read(rest));
                }
            }
            '?' => {
                *rest = chars.as_str();
                Value::Unknown
            }
            _ => {
                let end = rest.find([',', ']', '}']).unwrap_or(rest.len());
                let (text, after) = rest.split_at(end);
                *rest = after;
                Value::Text(text.to_owned())
            }
        }
    }
    read(&mut &*text)
}

#[test]
fn kinds_get_their_shapes() {
    let shapes = shapes();
    for (format, kind, written, expected) in [
        ("yaml", "Deployment", "{spec:{template:{spec:{a:1},status:2}}}", "{spec: {a: 1}}"),
        ("yaml", "Deployment", "{spec:{template:{spec:?}}}", "{spec: ?}"),
        ("yaml", "Deployment", "{spec:{template:?}}", "?"),
        ("yaml", "Deployment", "{spec:{template:{spec:text}}}", ""),
        ("yaml", "Deployment", "{spec:{template:[]}}", ""),
        ("yaml", "Deployment", "{spec:[{template:{spec:{}}}]}", ""),
        ("yaml", "Deployment", "{}", ""),
        ("yaml", "Deployment", "[]", ""),
        // Other kinds only with containers.
        ("yaml", "Widget", "{spec:{template:{spec:{a:1}}}}", ""),
        ("yaml", "Widget", "{spec:{template:{spec:{containers:[]}}}}", "{spec: {containers: []}}"),
        ("other", "Deployment", "{spec:{template:{spec:{a:1}}}}", ""),
        // Blocks become mappings, and those that repeat get another name; arguments stay.
        (
            "hcl",
            "acme_deployment",
            "{count:1,spec:[{template:[{metadata:[{labels:{a_b:c}}],spec:[{host_pid:true,container:[{port:[{name:x}]},{args:[a,b]}]}]}]}]}",
            "{metadata: {labels: {a_b: c}}, spec: {hostPID: true, containers: [{ports: [{name: x}]}, {args: [a, b]}]}}",
        ),
        (
            "hcl",
            "acme_deployment",
            "{spec:[{template:[{spec:[{probe:[{http_get:[{port:8080}]}],empty:[]}]}]}]}",
            "{spec: {probe: {httpGet: {port: 8080}}}}",
        ),
        // JSON may omit the lists.
        (
            "hcl",
            "acme_deployment",
            "{spec:{template:{spec:{container:{image:x}}}}}",
            "{spec: {containers: [{image: x}]}}",
        ),
        // An unknown value is unknown under both names.
        (
            "hcl",
            "acme_deployment",
            "{spec:[{template:[{spec:[{container:?,a_b:?}]}]}]}",
            "{spec: {containers: ?, container: ?, aB: ?}}",
        ),
        ("hcl", "acme_deployment", "{spec:[{template:[{spec:[?]}]}]}", "{spec: [?]}"),
        ("hcl", "acme_deployment", "{spec:?}", "?"),
        // With two templates the shape is omitted.
        ("hcl", "acme_deployment", "{spec:[{template:[{spec:[{}]},{spec:[{}]}]}]}", ""),
        (
            "hcl",
            "acme_manifest",
            "{manifest:{apiVersion:v1,kind:Deployment,spec:{template:{spec:{host_pid:true}}}}}",
            "{spec: {host_pid: true}}",
        ),
        ("hcl", "acme_manifest", "{manifest:{apiVersion:v1,kind:Widget,spec:{template:{spec:{a:1}}}}}", ""),
        ("hcl", "acme_manifest", "{manifest:text}", ""),
        ("hcl", "acme_manifest", "{}", ""),
    ] {
        let batch = shapes.apply(batch(format, &[(kind, value(written))]));
        assert_eq!(batch.validate(), Ok(()), "{written}");
        let mut shown = String::new();
        if let Some(root) = batch.resource(0).unwrap().shape("acme.pod@1") {
            show(root, &mut shown);
        }
        assert_eq!(shown, expected, "{format} {kind} {written}");
    }
}

#[test]
fn a_shape_of_the_parser_stays() {
    let mut out = Builder::from(batch("yaml", &[("Deployment", value("{spec:{template:{spec:{a:1}}}}"))]));
    out.shape(0, "acme.pod@1", 0);
    let batch = out.finish();
    assert_eq!(shapes().apply(batch.clone()), batch);
}

#[test]
fn the_document_in_a_text_has_the_shape_of_its_kind() {
    let deployment = "{apiVersion:v1,kind:Deployment,spec:{template:{spec:{a:1}}}}";
    for (documents, expected) in [
        (format!("{{body:{deployment}}}"), "{spec: {a: 1}}"),
        (format!("{{other:{deployment}}}"), ""),
        ("{body:[]}".to_owned(), ""),
        ("?".to_owned(), ""),
    ] {
        let both = [("acme_text", value("{body:text}")), ("documents", value(&documents))];
        let mut out = Builder::from(batch("hcl", &both));
        let root = out.batch().resources[1].root;
        out.shape(0, DECODED, root);
        let batch = shapes().apply(out.finish());
        assert_eq!(batch.validate(), Ok(()), "{documents}");
        let resource = batch.resource(0).unwrap();
        let mut shown = String::new();
        if let Some(root) = resource.shape("acme.pod@1") {
            show(root, &mut shown);
        }
        assert_eq!(shown, expected, "{documents}");
        assert_eq!(shapes().covers(resource), !expected.is_empty(), "{documents}");
    }
}

#[test]
fn what_has_no_shape_stays_as_it_is() {
    let batch = batch("hcl", &[("acme_bucket", value("{a:1}"))]);
    assert_eq!(shapes().apply(batch.clone()), batch);
}

#[test]
fn a_thousand_links_to_one_block_cost_no_more_than_one() {
    let workload = value("{spec:[{template:[{spec:[{container:[{image:x}]}]}]}]}");
    let Value::Map(entries) = &workload else { unreachable!() };
    let mut resources = vec![("acme_deployment", workload.clone())];
    for before in 0..1_000 {
        // The sequence under `spec` again; each resource adds a mapping after it.
        let again = Value::Map(vec![(entries[0].0.clone(), Value::Again(before + 1))]);
        resources.push(("acme_deployment", again));
    }
    let before = batch("hcl", &resources);
    let after = shapes().apply(before.clone());
    assert_eq!(after.validate(), Ok(()));
    assert_eq!(after.shapes.len(), 1_001);
    let added = after.nodes.len() - before.nodes.len();
    assert!(added < 100, "{added} nodes for 1001 shapes of one block");
}

fn values() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "spec",
        "template",
        "metadata",
        "container",
        "containers",
        "port",
        "labels",
        "host_pid",
        "manifest",
        "kind",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Unknown),
        Just(Value::Text("Deployment".to_owned())),
        (0usize..6).prop_map(Value::Again)
    ];
    leaf.prop_recursive(7, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((keys.clone().prop_map(str::to_owned), inner), 0..5).prop_map(Value::Map),
        ]
    })
}

proptest! {
    /// For any batch the result is valid, has at most twice the nodes and a few more, and is reproducible.
    #[test]
    fn any_batch_stays_sound(
        written in prop::collection::vec(
            (prop::sample::select(vec!["Deployment", "acme_deployment", "acme_manifest", "Widget"]), values()), 1..6),
        format in prop::sample::select(vec!["yaml", "hcl"]),
    ) {
        let shapes = shapes();
        let before = batch(format, &written);
        prop_assert_eq!(before.validate(), Ok(()));
        let after = shapes.apply(before.clone());
        prop_assert_eq!(after.validate(), Ok(()));
        prop_assert!(after.nodes.len() <= 3 * before.nodes.len() + 4 * written.len());
        prop_assert_eq!(&after, &shapes.apply(before.clone()));
        // Applying it twice changes nothing.
        prop_assert_eq!(&after.shapes, &shapes.apply(after.clone()).shapes);
    }
}
