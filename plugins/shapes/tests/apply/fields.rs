//! Shapes with fields.

use palisade_shapes::{Shapes, Tables};
use palisade_tape::{Batch, Builder, Kind, NONE, Relation, Shape, UNCERTAIN, Unknown};
use proptest::prelude::*;

use super::{Value, batch, show, value};

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

[[define]]
id = "acme.group@1"
[define.fields.rules.items]
from = { many = true }
port = { default = 0 }
[[define.from]]
formats = ["hcl"]
kinds = ["group"]
[[define.from.fields.rules]]
at = "in"
fields = { port = ["port"], from = ["from", { of = "list", at = "entry" }] }
[[define.from]]
formats = ["hcl"]
kinds = ["rule"]
[[define.from.fields.rules]]
fields = { from = ["from"] }

[[define]]
id = "acme.wall@1"
[define.fields]
peers = { many = true }
[[define.from]]
formats = ["hcl"]
kinds = ["wall"]
[define.from.fields]
peers = [{ of = "peer", at = "name" }]

[companion.peer]
kinds = ["wall"]
same = "net"
[companion.list]
kinds = ["list"]
named = { lists = ["name"] }
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

/// Resources of `hcl`. A text `>0` is an unknown value that refers to the first resource, `>0>1` to one of two; `~lo`
/// is one with the known prefix `lo`; under `count` it decides whether the resource exists.
fn related(resources: &[(&str, Value)]) -> Batch {
    let batch = batch("hcl", resources);
    let nodes = 0..u32::try_from(batch.nodes.len()).unwrap();
    let text = |node: &u32| batch.text(batch.nodes.values[*node as usize]).to_owned();
    let unknown = nodes.filter(|it| batch.nodes.kind(*it) == Kind::Text && text(it).starts_with(['>', '~']));
    let unknown: Vec<(u32, String)> = unknown.map(|it| (it, text(&it))).collect();
    let mut out = Builder::from(batch);
    let begins: Vec<u32> =
        unknown.iter().map(|(_, it)| out.text(it.strip_prefix('~').unwrap_or(""))).collect();
    let id = out.text(UNCERTAIN);
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
        // Certain values take precedence over possible ones.
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
        // A companion that may not exist, and one that exists whenever the bucket does.
        (&["bucket {}", "block {bucket:>0,status:On,count:~n}"], unknown),
        (&["bucket {count:~n}", "block {bucket:>0,status:On,count:~n}"], "{a: {status: On}}"),
        (&["bucket {count:~n}", "block {bucket:>0,status:On,count:~m}"], unknown),
        (&["bucket {count:~n}", "block {bucket:>0,status:On}"], "{a: {status: On}}"),
        // The preferred value, then an unknown one.
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
        // References to something else.
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

#[test]
fn companions_may_have_the_same_as_the_resource() {
    let shapes = fields();
    for (net, expected) in [
        ("x", "{peers: [0, x, y]}"),
        ("y", "{peers: [0, y]}"),
        // Resources that refer to the same one have the same value.
        (">1", "{peers: [0, one]}"),
        (">1>2", "{peers: [0, both]}"),
        (">2", "{peers: [0]}"),
        ("[x,>1]", "{peers: [0, x, y, one]}"),
        ("[x,x]", "{peers: [0, x, y]}"),
        ("~x", "{}"),
        ("{x:y}", "{}"),
    ] {
        let own = format!("{{name:0,net:{net}}}");
        let walls = [("x", "x"), ("y", "[x,y]"), ("one", ">1"), ("both", ">1>2"), ("unknown", "~")];
        let walls = walls.map(|(name, net)| ("wall", value(&format!("{{name:{name},net:{net}}}"))));
        let beside = [("other", value("{}")), ("other", value("{net:x}")), ("wall", value("{name:none}"))];
        let written: Vec<(&str, Value)> =
            [("wall", value(&own))].into_iter().chain(beside).chain(walls).collect();
        let batch = related(&written);
        assert_eq!(batch.validate(), Ok(()), "{net}");
        let batch = shapes.apply(batch);
        assert_eq!(batch.validate(), Ok(()), "{net}");
        assert_eq!(shown(&batch, 0, "acme.wall@1"), expected, "{net}");
    }
}

/// Each peer has the same sequence, which is written only once.
#[test]
fn a_thousand_companions_with_the_same_share_a_sequence() {
    let resources: Vec<_> =
        (0..1_000).map(|name| ("wall", value(&format!("{{name:{name},net:x}}")))).collect();
    let before = related(&resources);
    let after = fields().apply(before.clone());
    assert_eq!(after.shapes.len(), 1_000);
    assert!(after.nodes.len() - before.nodes.len() < 3_000);
}

#[test]
fn blocks_have_fields() {
    let shapes = fields();
    for (group, expected) in [
        (
            "group {in:[{port:22,from:[a,b]},{from:c}]}",
            "{rules: [{from: [a, b], port: 22}, {from: [c], port: 0}]}",
        ),
        ("group {in:{port:22}}", "{rules: [{port: 22}]}"),
        // Each block has the lists that it names.
        (
            "group {in:[{lists:x,from:a},{lists:[>2,x]},{lists:~},{lists:z}]}",
            "{rules: [{from: [a, 1], port: 0}, {from: [2, 3, 1], port: 0}, {from: [?], port: 0}, {port: 0}]}",
        ),
        ("group {in:[{port:~},?,text]}", "{rules: [{port: ?}, ?]}"),
        ("group {in:?}", "{rules: [?]}"),
        ("group {in:[]}", "{}"),
        ("rule {from:a}", "{rules: [{from: [a], port: 0}]}"),
    ] {
        let read = |it: &str| it.split_once(' ').map(|(kind, text)| (kind.to_owned(), value(text))).unwrap();
        let all = [group, "list {name:x,entry:1}", "list {name:y,entry:[2,3]}"];
        let read: Vec<(String, Value)> = all.into_iter().map(read).collect();
        let written: Vec<(&str, Value)> = read.iter().map(|(kind, it)| (kind.as_str(), it.clone())).collect();
        let batch = shapes.apply(related(&written));
        assert_eq!(batch.validate(), Ok(()), "{group}");
        assert_eq!(shown(&batch, 0, "acme.group@1"), expected, "{group}");
    }
}

/// Companions are looked up: a search through all for each bucket would take far too long.
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

/// One list of a thousand blocks, and links to it: the output is limited, and what is left out is unknown.
#[test]
fn links_to_a_long_list_of_blocks_are_bounded() {
    let list = Value::List((0..1_000).map(|_| value("{port:22}")).collect());
    let mut resources = vec![("group", Value::Map(vec![("in".to_owned(), list)]))];
    for before in 1..=300 {
        resources.push(("group", Value::Map(vec![("in".to_owned(), Value::Again(before))])));
    }
    let before = related(&resources);
    let after = fields().apply(before.clone());
    assert_eq!(after.validate(), Ok(()));
    assert!(after.nodes.len() < 10 * before.nodes.len());
    let first = shown(&after, 0, "acme.group@1");
    assert!(!first.contains('?'), "{first}");
    assert_eq!(shown(&after, 300, "acme.group@1"), "{rules: [?]}");
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
    /// For any companions the result is valid, limited in size, reproducible, and the same for a single resource, whose
    /// shape includes what it links to.
    #[test]
    fn any_batch_with_fields_stays_sound(
        written in prop::collection::vec(
            (
                prop::sample::select(vec!["bucket", "block", "account", "trail", "group", "rule", "list", "wall"]),
                prop::collection::vec(
                    (
                        prop::sample::select(vec!["name", "id", "bucket", "to", "flag", "status", "acl", "count", "inline", "in", "net"]),
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
            for id in ["acme.bucket@1", "acme.trail@1", "acme.group@1", "acme.wall@1"] {
                prop_assert_eq!(shown(&alone, 0, id), shown(&after, row, id));
            }
        }
    }
}
