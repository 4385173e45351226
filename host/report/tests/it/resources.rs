//! Output of parsed resources.

use insta::assert_snapshot;
use palisade_domain::tape::{Batch, Builder, Kind, NONE, Origin, Resource, Unknown};
use palisade_report::{RESOURCES_SCHEMA, resources_json, resources_table};
use serde_json::Value;

fn builder(path: &str) -> (Builder, u32) {
    let mut builder = Builder::new();
    let document = builder.document(path, "kubernetes");
    let origin = builder.origin(Origin {
        document,
        start: 0,
        end: 9,
        line: 3,
        column: 1,
        end_line: 4,
        end_column: 2,
        note: 0,
        parent: NONE,
    });
    (builder, origin)
}

fn add(builder: &mut Builder, address: &str, root: u32, origin: u32) {
    let resource = Resource {
        address: builder.text(address),
        kind: builder.text("Pod"),
        provider: builder.text("kubernetes"),
        name: 0,
        format: builder.text("kubernetes"),
        document: 0,
        root,
        origin,
        module: 0,
    };
    builder.resource(resource);
}

fn scalar(builder: &mut Builder, key: &str, kind: Kind, value: &str) {
    let key = builder.text(key);
    builder.scalar(kind, key, NONE, value, NONE);
}

/// Every kind of value, including those that JSON does not have.
fn one_of_everything() -> Batch {
    let (mut builder, origin) = builder("app/pod.yaml");
    let root = builder.open(Kind::Mapping, 0, NONE, origin);
    for (key, kind, value) in [
        ("null", Kind::Null, ""),
        ("yes", Kind::Boolean, "true"),
        ("no", Kind::Boolean, "false"),
        ("whole", Kind::Number, "-17"),
        ("large", Kind::Number, "18446744073709551615"),
        ("broken", Kind::Number, "1.5e3"),
        ("huge", Kind::Number, "1e999"),
        ("none", Kind::Number, "NaN"),
        ("text", Kind::Text, "größe\u{1b}[2J"),
        ("twice", Kind::Text, "first"),
        ("twice", Kind::Text, "last"),
    ] {
        scalar(&mut builder, key, kind, value);
    }
    let key = builder.text("unknown");
    let unknown = Unknown {
        expression: builder.text("var.image"),
        reason: builder.text("unset"),
        known_prefix: 0,
        expected_type: 0,
        origin: NONE,
    };
    builder.unknown(key, NONE, unknown, NONE);
    let key = builder.text("labels");
    let labels = builder.open(Kind::Mapping, key, NONE, NONE);
    scalar(&mut builder, "app", Kind::Text, "web");
    let labels = builder.close(labels, None);
    let key = builder.text("again");
    let again = builder.link(key, NONE, labels, NONE);
    let key = builder.text("list");
    let list = builder.open(Kind::Sequence, key, NONE, NONE);
    builder.link(0, NONE, again, NONE);
    let empty = builder.open(Kind::Sequence, 0, NONE, NONE);
    builder.close(empty, None);
    builder.close(list, None);
    let root = builder.close(root, None);
    add(&mut builder, "default/Pod/web", root, origin);
    add(&mut builder, "nowhere", again, NONE);
    builder.finish()
}

/// In the default environment.
fn plain(batch: Batch) -> (String, Batch) {
    (String::new(), batch)
}

fn config(batch: Batch) -> Value {
    assert_eq!(batch.validate(), Ok(()));
    let text = resources_json(&[plain(batch)], &[], &[]);
    let mut value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], RESOURCES_SCHEMA);
    value["resources"][0]["config"].take()
}

#[test]
fn every_kind_of_value() {
    let batch = one_of_everything();
    assert_eq!(batch.validate(), Ok(()));
    assert_snapshot!(resources_json(&[plain(batch)], &[], &[]));
}

#[test]
fn nothing_parsed() {
    assert_snapshot!(resources_json(&[], &[], &[]), @r#"
    {
      "schema": "palisade/resources/v1",
      "resources": [],
      "coverage": [],
      "diagnostics": []
    }
    "#);
    assert_eq!(resources_table(&[]), "");
}

#[test]
fn a_line_a_resource() {
    assert_snapshot!(resources_table(&[plain(one_of_everything()), plain(one_of_everything())]), @"
    app/pod.yaml:3  default/Pod/web
                    nowhere
    app/pod.yaml:3  default/Pod/web
                    nowhere
    ");
}

#[test]
fn environments_are_named() {
    let named = |name: &str| (name.to_owned(), one_of_everything());
    let all = [named("prod"), plain(one_of_everything()), named("qa")];
    assert_snapshot!(resources_table(&all), @"
    app/pod.yaml:3  prod  default/Pod/web
                    prod  nowhere
    app/pod.yaml:3        default/Pod/web
                          nowhere
    app/pod.yaml:3  qa    default/Pod/web
                    qa    nowhere
    ");
    let value: Value = serde_json::from_str(&resources_json(&all, &[], &[])).unwrap();
    let environments: Vec<&Value> =
        value["resources"].as_array().unwrap().iter().map(|it| &it["environment"]).collect();
    assert_eq!(
        environments,
        ["prod", "prod", "", "", "qa", "qa"]
            .map(|it| match it {
                "" => Value::Null,
                name => name.into(),
            })
            .iter()
            .collect::<Vec<_>>()
    );
}

#[test]
fn strangers_do_not_draw_on_the_terminal() {
    let (mut builder, origin) = builder("a\u{1b}[2J.yaml");
    let root = builder.scalar(Kind::Null, 0, NONE, "", NONE);
    add(&mut builder, "x\ny\u{202e}", root, origin);
    assert_eq!(resources_table(&[plain(builder.finish())]), "a\\u{1b}[2J.yaml:3  x\\ny\\u{202e}\n");
}

#[test]
fn what_is_too_deep_is_cut() {
    let (mut builder, origin) = builder("deep.yaml");
    let marks: Vec<_> = (0..10_000).map(|_| builder.open(Kind::Sequence, 0, NONE, NONE)).collect();
    let roots: Vec<u32> = marks.into_iter().rev().map(|mark| builder.close(mark, None)).collect();
    add(&mut builder, "deep", roots[9_999], origin);
    let batch = builder.finish();
    // Deeper than other programs can read.
    let text = resources_json(&[plain(batch)], &[], &[]);
    assert_eq!(text.matches("\"$cut\": \"more than is shown\"").count(), 1);
    let deepest = text.lines().map(|line| line.len() - line.trim_start().len()).max().unwrap();
    assert!(deepest < 2 * 220, "{deepest}");
}

/// Each list contains the previous one ten times: one page that stands for ten thousand million values.
#[test]
fn what_is_too_much_is_cut() {
    let (mut builder, origin) = builder("laughs.yaml");
    let mut last = builder.scalar(Kind::Text, 0, NONE, "ha", NONE);
    for _ in 0..10 {
        let mark = builder.open(Kind::Sequence, 0, NONE, NONE);
        for _ in 0..10 {
            builder.link(0, NONE, last, NONE);
        }
        last = builder.close(mark, None);
    }
    add(&mut builder, "laughs", last, origin);
    let text = config(builder.finish()).to_string();
    assert!(text.contains("$cut"));
    assert!(text.len() < 4_000_000, "{}", text.len());
}

/// The limit of one resource does not affect the next.
#[test]
fn each_resource_has_a_budget_of_its_own() {
    let (mut builder, origin) = builder("wide.yaml");
    let mark = builder.open(Kind::Sequence, 0, NONE, NONE);
    for _ in 0..250_000 {
        builder.scalar(Kind::Null, 0, NONE, "", NONE);
    }
    let wide = builder.close(mark, None);
    let small = builder.scalar(Kind::Text, 0, NONE, "small", NONE);
    add(&mut builder, "wide", wide, origin);
    add(&mut builder, "small", small, origin);
    let text = resources_json(&[plain(builder.finish())], &[], &[]);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["resources"][1]["config"], "small");
    let shown = value["resources"][0]["config"].as_array().unwrap();
    assert!(shown.iter().filter(|it| it.is_null()).count() < 250_000);
    assert_eq!(shown.last().unwrap()["$cut"], "more than is shown");
}
