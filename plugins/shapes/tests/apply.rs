//! Shapes in batches, as the tables make them.

#![cfg(test)]

use std::fmt::Write as _;

use palisade_shapes::{Shapes, Tables};
use palisade_tape::{Batch, Builder, Kind, NONE, Node, Relation, Resource, Shape, Unknown};
use proptest::prelude::*;

/// A value to be written into a batch.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Unknown,
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// The value that was written that many containers before, if there was one.
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
    for (kind, value) in resources {
        let root = out.node_count();
        write(&mut out, "", value, &mut done);
        let (format, kind) = (out.text(format), out.text(kind));
        let resource = Resource {
            address: kind,
            kind,
            provider: 0,
            name: 0,
            format,
            document,
            root,
            origin: NONE,
            module: 0,
        };
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

[spelling.hcl]
maps = ["labels"]
many = { container = "containers", port = "ports" }
names = { host_pid = "hostPID" }
"#;

fn shapes() -> Shapes {
    let tables: Tables = toml::from_str(TABLE).unwrap();
    Shapes::merge([("acme", &tables)]).unwrap()
}

/// A value out of the notation of [`show`].
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
        // Another kind only where it has containers.
        ("yaml", "Widget", "{spec:{template:{spec:{a:1}}}}", ""),
        ("yaml", "Widget", "{spec:{template:{spec:{containers:[]}}}}", "{spec: {containers: []}}"),
        ("other", "Deployment", "{spec:{template:{spec:{a:1}}}}", ""),
        // Blocks become mappings, and those that repeat get another name; what is an argument does not.
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
        // JSON may leave the lists out.
        (
            "hcl",
            "acme_deployment",
            "{spec:{template:{spec:{container:{image:x}}}}}",
            "{spec: {containers: [{image: x}]}}",
        ),
        // What cannot be known is so under both names.
        (
            "hcl",
            "acme_deployment",
            "{spec:[{template:[{spec:[{container:?,a_b:?}]}]}]}",
            "{spec: {containers: ?, container: ?, aB: ?}}",
        ),
        ("hcl", "acme_deployment", "{spec:[{template:[{spec:[?]}]}]}", "{spec: [?]}"),
        ("hcl", "acme_deployment", "{spec:?}", "?"),
        // Two templates are none.
        ("hcl", "acme_deployment", "{spec:[{template:[{spec:[{}]},{spec:[{}]}]}]}", ""),
        (
            "hcl",
            "acme_manifest",
            "{manifest:{kind:Deployment,spec:{template:{spec:{host_pid:true}}}}}",
            "{spec: {host_pid: true}}",
        ),
        ("hcl", "acme_manifest", "{manifest:{kind:Widget,spec:{template:{spec:{a:1}}}}}", ""),
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
    /// Whatever a batch holds: what comes out is sound, has at most twice the nodes and a few, and is the same each time.
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
        // Twice is once.
        prop_assert_eq!(&after.shapes, &shapes.apply(after.clone()).shapes);
    }
}

const FIELDS: &str = r#"
[[define]]
id = "acme.bucket@1"
[define.fields]
"a.flag" = { prefer = "true" }
"a.status" = { default = "Off" }
acls = { many = true }
title = {}
[[define.from]]
formats = ["hcl"]
kinds = ["bucket"]
[define.from.fields]
"a.flag" = [
    "flag",
    { of = "block", at = "flag" },
    { of = "account", at = "flag", only = ["true", "false"], default = "true" },
]
"a.status" = [{ of = "block", at = "status" }, { at = "inline.on", values = { true = "On" } }]
acls = ["acl", { of = "block", at = "acl.name" }]
title = [{ of = "block", at = "title", certain = true }]

[[define]]
id = "acme.trail@1"
[define.fields]
status = {}
[[define.from]]
formats = ["hcl"]
kinds = ["trail"]
[define.from.fields]
status = [{ of = "trail-bucket", shape = "acme.bucket@1", at = "a.status" }]

[companion.block]
kinds = ["block"]
by = { bucket = ["name", "id"] }
[companion.account]
kinds = ["account"]
[companion.trail-bucket]
kinds = ["bucket"]
named = { to = ["name"] }
"#;

fn fields() -> Shapes {
    let tables: Tables = toml::from_str(FIELDS).unwrap();
    Shapes::merge([("acme", &tables)]).unwrap()
}

/// Resources of `hcl`. A text `>0` is a value that cannot be known and refers to the first resource, `>0>1` to one of
/// two; `~lo` is one that begins with `lo`; under `count` it decides whether the resource is there.
fn related(resources: &[(&str, Value)]) -> Batch {
    let batch = batch("hcl", resources);
    let nodes = 0..u32::try_from(batch.nodes.len()).unwrap();
    let text = |node: &u32| batch.text(batch.nodes.values[*node as usize]).to_owned();
    let unknown = nodes.filter(|it| batch.nodes.kind(*it) == Kind::Text && text(it).starts_with(['>', '~']));
    let unknown: Vec<(u32, String)> = unknown.map(|it| (it, text(&it))).collect();
    let mut out = Builder::from(batch);
    let begins: Vec<u32> =
        unknown.iter().map(|(_, it)| out.text(it.strip_prefix('~').unwrap_or(""))).collect();
    let id = out.text("terraform.uncertain@1");
    let mut batch = out.finish();
    let rows = u32::try_from(batch.resources.len()).unwrap();
    for ((node, text), known_prefix) in unknown.into_iter().zip(begins) {
        let at = node as usize;
        let targets = text.split('>').skip(1).filter_map(|it| it.parse().ok()).filter(|it: &u32| *it < rows);
        let relation = |to_resource| Relation { from_node: node, to_resource, target_text: 0, attribute: 0 };
        batch.relations.extend(targets.map(relation));
        let expression = batch.nodes.values[at];
        batch.nodes.kinds[at] = Kind::Unknown as u8;
        batch.nodes.values[at] = u32::try_from(batch.unknowns.len()).unwrap();
        batch.unknowns.push(Unknown { expression, reason: 0, known_prefix, expected_type: 0, origin: NONE });
        if batch.text(batch.nodes.keys[at]) == "count" {
            let row = batch.resources.iter().rposition(|it| it.root <= node).unwrap();
            batch.shapes.push(Shape { resource: u32::try_from(row).unwrap(), id, root: node });
        }
    }
    batch.shapes.dedup_by_key(|it| it.resource);
    batch
}

fn shown(batch: &Batch, row: u32, id: &str) -> String {
    let mut out = String::new();
    if let Some(root) = batch.resource(row).unwrap().shape(id) {
        show(root, &mut out);
    }
    out
}

#[test]
fn fields_are_found_in_the_resource_and_beside_it() {
    let shapes = fields();
    let off = "{a: {status: Off}}";
    let unknown = "{a: {flag: ?, status: ?}, acls: [?]}";
    for (resources, expected) in [
        (&["bucket {name:logs}"][..], off),
        (&["bucket {status:On}"], off),
        (&["bucket {inline:[{on:true}]}"], "{a: {status: On}}"),
        (&["bucket {inline:{on:false}}"], "{a: {status: false}}"),
        (&["bucket {inline:[{on:true},{on:true}]}"], off),
        (&["bucket {inline:?}"], "{a: {status: ?}}"),
        (&["bucket {inline:{on:}}"], off),
        (&["bucket ?"], "?"),
        (&["bucket []"], ""),
        (&["other {}"], ""),
        // By reference, and by a name.
        (&["bucket {}", "block {bucket:>0,status:On}"], "{a: {status: On}}"),
        (&["bucket {name:logs}", "block {bucket:logs,status:On}"], "{a: {status: On}}"),
        (&["bucket {id:1}", "block {bucket:[1],status:On}"], "{a: {status: On}}"),
        (&["bucket {name:logs}", "block {bucket:data,status:On}"], off),
        (&["bucket {name:logs}", "bucket {name:logs}", "block {bucket:>1,status:On}"], off),
        (&["bucket {name:logs}", "block {status:On}"], off),
        (&["bucket {name:logs}", "blocks {bucket:logs,status:On}"], off),
        // What is certain counts before what is only possible.
        (&["bucket {name:logs}", "block {bucket:~,status:On}"], unknown),
        (&["bucket {name:logs}", "block {bucket:~lo}"], unknown),
        (&["bucket {name:logs}", "block {bucket:~da}"], off),
        (&["bucket {}", "block {bucket:~da}"], unknown),
        (&["bucket {name:~lo}", "block {bucket:logs}"], unknown),
        (&["bucket {name:~da}", "block {bucket:logs}"], off),
        (&["bucket {}", "bucket {}", "block {bucket:>0>1}"], unknown),
        (
            &["bucket {name:a,inline:{on:true},flag:true}", "block {bucket:~}"],
            "{a: {flag: true, status: On}, acls: [?]}",
        ),
        (&["bucket {name:a}", "block {bucket:~}", "block {bucket:a,status:On}"], "{a: {status: On}}"),
        (&["bucket {}", "block {bucket:>0,title:x}"], "{a: {status: Off}, title: x}"),
        // What may not be there, and what is there whenever the bucket is.
        (&["bucket {}", "block {bucket:>0,status:On,count:~n}"], unknown),
        (&["bucket {count:~n}", "block {bucket:>0,status:On,count:~n}"], "{a: {status: On}}"),
        (&["bucket {count:~n}", "block {bucket:>0,status:On,count:~m}"], unknown),
        (&["bucket {count:~n}", "block {bucket:>0,status:On}"], "{a: {status: On}}"),
        // The preferred value, then what cannot be known.
        (&["bucket {flag:false}", "block {bucket:>0,flag:true}"], "{a: {flag: true, status: Off}}"),
        (&["bucket {flag:false}", "account {flag:true}"], "{a: {flag: true, status: Off}}"),
        (&["bucket {flag:false}", "account {flag:~}", "account {flag:no}"], "{a: {flag: ?, status: Off}}"),
        (&["bucket {}", "account {flag:no}"], off),
        (&["bucket {flag:false}", "account {}"], "{a: {flag: true, status: Off}}"),
        (&["bucket {}", "account {flag:false}"], "{a: {flag: false, status: Off}}"),
        (&["bucket {flag:true}", "account {flag:~}"], "{a: {flag: true, status: Off}}"),
        (&["bucket {flag:false}", "account {flag:no}"], "{a: {flag: false, status: Off}}"),
        // Many values.
        (
            &[
                "bucket {acl:x}",
                "block {bucket:>0,acl:[{name:[y,z]},{name:?}]}",
                "block {bucket:>0,acl:{name:y}}",
            ],
            "{a: {status: Off}, acls: [x, y, z, ?, y]}",
        ),
    ] {
        let read = |it: &&'static str| it.split_once(' ').map(|(kind, text)| (kind, value(text))).unwrap();
        let written: Vec<(&str, Value)> = resources.iter().map(read).collect();
        let batch = related(&written);
        assert_eq!(batch.validate(), Ok(()), "{resources:?}");
        let batch = shapes.apply(batch);
        assert_eq!(batch.validate(), Ok(()), "{resources:?}");
        assert_eq!(shown(&batch, 0, "acme.bucket@1"), expected, "{resources:?}");
    }
}

#[test]
fn fields_lead_into_shapes_of_others() {
    let shapes = fields();
    let (on, off) = ("bucket {name:on,inline:{on:true}}", "bucket {name:off}");
    for (trail, expected) in [
        ("trail {to:on}", "{status: On}"),
        ("trail {to:>1}", "{status: On}"),
        ("trail {to:>2}", "{status: Off}"),
        ("trail {to:off}", "{status: Off}"),
        ("trail {to:elsewhere}", "{}"),
        ("trail {to:~}", "{status: ?}"),
        // What refers to something else.
        ("trail {to:>0}", "{}"),
        ("trail {}", "{}"),
    ] {
        let read = |it: &str| it.split_once(' ').map(|(kind, text)| (kind.to_owned(), value(text))).unwrap();
        let read: Vec<(String, Value)> = [trail, on, off].into_iter().map(read).collect();
        let written: Vec<(&str, Value)> = read.iter().map(|(kind, it)| (kind.as_str(), it.clone())).collect();
        let batch = shapes.apply(related(&written));
        assert_eq!(shown(&batch, 0, "acme.trail@1"), expected, "{trail}");
    }
}

/// With a search through all companions for each bucket this would not end in a reader's patience.
#[test]
fn ten_thousand_buckets_are_looked_up() {
    let mut resources = Vec::new();
    for number in 0..10_000 {
        resources.push(("bucket", value(&format!("{{name:b{number}}}"))));
        resources.push(("block", value(&format!("{{bucket:b{number},status:On}}"))));
        resources.push(("block", value(&format!("{{bucket:~x{number},status:On}}"))));
        if number % 1_000 == 0 {
            resources.push(("account", value("{flag:false}")));
        }
    }
    let before = related(&resources);
    let after = fields().apply(before.clone());
    assert_eq!(after.shapes.len(), 10_000);
    assert!(after.nodes.len() - before.nodes.len() < 60_000);
}

#[test]
fn more_companions_than_are_looked_at_are_unknown() {
    let mut resources = vec![("bucket", value("{name:b}"))];
    resources.extend((0..300).map(|_| ("block", value("{bucket:b,flag:false,acl:{name:x}}"))));
    let batch = fields().apply(related(&resources));
    let expected = format!("{{a: {{flag: ?, status: ?}}, acls: [{}?], title: ?}}", "x, ".repeat(256));
    assert_eq!(shown(&batch, 0, "acme.bucket@1"), expected);
}

proptest! {
    /// Whatever belongs to what: what comes out is sound, of a bounded size, the same each time, and the same for a
    /// resource alone, whose shape brings what it links to.
    #[test]
    fn any_batch_with_fields_stays_sound(
        written in prop::collection::vec(
            (
                prop::sample::select(vec!["bucket", "block", "account", "trail"]),
                prop::collection::vec(
                    (
                        prop::sample::select(vec!["name", "id", "bucket", "to", "flag", "status", "acl", "count", "inline"]),
                        prop::sample::select(vec!["a", "ab", ">0", ">1", ">2", ">0>1", "~", "~a", "~b", "true", ""]),
                        any::<bool>(),
                    ),
                    0..6,
                ),
            ),
            1..8,
        ),
    ) {
        let written: Vec<(&str, Value)> = written
            .into_iter()
            .map(|(kind, entries)| {
                let entry = |(key, text, nested): (&str, &str, bool)| {
                    let text = Value::Text(text.to_owned());
                    let nested = if nested { Value::List(vec![Value::Map(vec![("on".to_owned(), text)])]) } else { text };
                    (key.to_owned(), nested)
                };
                (kind, Value::Map(entries.into_iter().map(entry).collect()))
            })
            .collect();
        let shapes = fields();
        let before = related(&written);
        prop_assert_eq!(before.validate(), Ok(()));
        let after = shapes.apply(before.clone());
        prop_assert_eq!(after.validate(), Ok(()));
        prop_assert!(after.nodes.len() <= before.nodes.len() + written.len() * (8 + written.len()));
        prop_assert_eq!(&after, &shapes.apply(before));
        prop_assert_eq!(&after.shapes, &shapes.apply(after.clone()).shapes);
        for row in 0..u32::try_from(written.len()).unwrap() {
            let alone = after.extract(&[row].into());
            prop_assert_eq!(alone.validate(), Ok(()));
            for id in ["acme.bucket@1", "acme.trail@1"] {
                prop_assert_eq!(shown(&alone, 0, id), shown(&after, row, id));
            }
        }
    }
}
