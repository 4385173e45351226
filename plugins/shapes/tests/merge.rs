//! Which tables can be merged.

#![cfg(test)]

use palisade_shapes::{Shapes, Tables};

const OURS: &str = r#"
[[define]]
id = "ours.pod@1"
[[define.from]]
formats = ["yaml"]
kinds = ["Pod"]
[[define.from]]
formats = ["yaml"]
kinds = ["*"]
at = "spec"

[[define]]
id = "ours.bucket@1"
[define.fields]
"lock.on" = { default = false }
tags = { many = true }
[[define.from]]
formats = ["hcl"]
kinds = ["ours_bucket"]
[define.from.fields]
"lock.on" = ["lock", { of = "lock", at = "on", values = { yes = "true" } }]
[companion.lock]
kinds = ["ours_lock"]
by = { bucket = ["name"] }

[[carrier]]
formats = ["hcl"]
kinds = ["ours_manifest"]
at = "manifest"
holds = "yaml"
"#;

/// The result of merging a third party's table with ours.
fn check(theirs: &str) -> String {
    let theirs = match toml::from_str::<Tables>(theirs) {
        Ok(tables) => tables,
        Err(error) => return format!("not a table: {}", error.message()),
    };
    let ours: Tables = toml::from_str(OURS).unwrap();
    match Shapes::merge([("palisade", &ours), ("acme", &theirs)]) {
        Ok(_) => "admitted".to_owned(),
        Err(conflict) => conflict.to_string(),
    }
}

#[test]
fn what_a_strangers_table_may_do() {
    let from = |kind: &str| {
        format!(
            "[[extend]]\nid = \"ours.pod@1\"\n[[extend.from]]\nformats = [\"yaml\"]\nkinds = [\"{kind}\"]\n"
        )
    };
    let define = |id: &str| {
        format!("[[define]]\nid = \"{id}\"\n[[define.from]]\nformats = [\"yaml\"]\nkinds = [\"Pod\"]\n")
    };
    for (theirs, expected) in [
        (from("Widget.acme.com"), "admitted"),
        (define("acme.pod@1"), "admitted"),
        (
            from("Pod"),
            "kind `Pod` (yaml) already has shape `ours.pod@1` by a table of `palisade`: remove it from the table of `acme`",
        ),
        (
            from("*"),
            "table of shape `ours.pod@1` of `acme`: only `palisade`, which defines the shape, may name every kind",
        ),
        (
            define("ours.pod@1"),
            "shape `ours.pod@1` of `acme` is already defined by `palisade`: add kinds to it with `[[shapes.extend]]`, or \
             give it another id",
        ),
        (
            from("Widget").replace("ours.pod@1", "ours.pod@2"),
            "`acme` extends shape `ours.pod@2`, which no table defines",
        ),
        (
            from("Widget").replace("[[extend.from]]", "keys = []\n[[extend.from]]"),
            "not a table: unknown field `keys`, expected `id` or `from`",
        ),
        (
            define("Acme Pod"),
            "table of shape `Acme Pod` of `acme`: an id is a name in lower case, `@` and a version: `acme.queue@1`",
        ),
        (
            format!("{}at = \"spec..a\"\n", define("acme.pod@1")),
            "table of shape `acme.pod@1` of `acme`: `spec..a`: it has an empty key: write one dot between two keys",
        ),
        (
            format!("{}spelling = \"hcl\"\n", define("acme.pod@1")),
            "table of shape `acme.pod@1` of `acme`: `spelling.hcl` is not found in it",
        ),
        (
            "[[carrier]]\nformats = [\"hcl\"]\nkinds = [\"ours_manifest\"]\nat = \"body\"\nholds = \"yaml\"\n".to_owned(),
            "table of shape `ours_manifest` of `acme`: `ours_manifest` (hcl) already carries something",
        ),
    ] {
        assert_eq!(check(&theirs), expected, "{theirs}");
    }
}

#[test]
fn what_a_table_may_do_with_fields() {
    // More kinds for a shape with fields, and their places.
    let places = |fields: &str| {
        format!(
            "[[extend]]\nid = \"ours.bucket@1\"\n[[extend.from]]\nformats = [\"hcl\"]\nkinds = [\"acme_bucket\"]\n\
             {fields}\n"
        )
    };
    let own = |fields: &str, places: &str| {
        format!(
            "[[define]]\nid = \"acme.queue@1\"\n[define.fields]\n{fields}\n[[define.from]]\nformats = [\"hcl\"]\n\
             kinds = [\"queue\"]\n[define.from.fields]\n{places}\n[companion.queue]\nkinds = [\"queue\"]\n"
        )
    };
    for (theirs, expected) in [
        (places("fields = { \"lock.on\" = [\"locked\"] }"), "admitted"),
        (
            places("fields = { owner = [\"owner\"] }"),
            "table of shape `ours.bucket@1` of `acme`: the shape has no field `owner`: only its definition names fields",
        ),
        (places(""), "table of shape `ours.bucket@1` of `acme`: the shape has fields: name where they are"),
        (
            places("fields = { \"lock.on\" = [{ of = \"lock\", at = \"on\" }] }"),
            "table of shape `ours.bucket@1` of `acme`: `companion.lock` is not defined",
        ),
        (
            places("fields = { \"lock.on\" = [{ at = \"on\", certain = true }] }"),
            "table of shape `ours.bucket@1` of `acme`: only a place of a companion has `shape`, `default` or `certain`",
        ),
        (
            places("fields = { \"lock.on\" = [{ at = \"on\", which = 1 }] }"),
            "not a table: unknown field `which`, expected one of `of`, `at`, `shape`, `document`, `values`, `only`, `default`, `certain`, `fields`",
        ),
        (
            places("fields = { \"lock.on\" = [1] }"),
            "not a table: invalid type: integer `1`, expected a path or a table",
        ),
        (
            places("spelling = \"hcl\"\nfields = { \"lock.on\" = [\"on\"] }\n[spelling.hcl]"),
            "table of shape `ours.bucket@1` of `acme`: the shape has fields, which need no `spelling`",
        ),
        (
            places("fields = { name = [\"name\"] }").replace("ours.bucket", "ours.pod"),
            "table of shape `ours.pod@1` of `acme`: the shape has no field `name`: only its definition names fields",
        ),
        (
            own("size = {}", "size = [{ of = \"queue\", shape = \"ours.bucket@1\", at = \"lock.on\" }]"),
            "admitted",
        ),
        (
            own("size = {}", "size = [{ of = \"queue\", shape = \"acme.none@1\" }]"),
            "table of shape `acme.queue@1` of `acme`: shape `acme.none@1`, which a field looks into, is not defined",
        ),
        (
            own("size = {}", "size = [{ of = \"queue\", shape = \"acme.queue@1\" }]"),
            "table of shape `acme.queue@1` of `acme`: its fields lead into a shape whose fields lead back",
        ),
        (own("a = { items = { b = {} } }", "a = [{ at = \"a\", fields = { b = [\"b\"] } }]"), "admitted"),
        (
            own("a = { items = { b = {} } }", "a = [{ at = \"a\", fields = { c = [\"c\"] } }]"),
            "table of shape `acme.queue@1` of `acme`: the shape has no field `c`: only its definition names fields",
        ),
        (
            own("a = { items = { b = {} } }", "a = [\"a\"]"),
            "table of shape `acme.queue@1` of `acme`: a place has `fields` where the field has `items`, and nowhere else",
        ),
        (
            own("a = { items = { b = {} } }", "a = [{ of = \"queue\", fields = { b = [\"b\"] } }]"),
            "table of shape `acme.queue@1` of `acme`: blocks with fields are looked for in the resource itself",
        ),
        (
            own("a = {}\n\"a.b\" = {}", "a = [\"a\"]"),
            "table of shape `acme.queue@1` of `acme`: field `a` has fields in it",
        ),
        (
            own("a = { many = true, prefer = \"x\" }", "a = [\"a\"]"),
            "table of shape `acme.queue@1` of `acme`: field `a` has many values: it cannot have `prefer` or `default`",
        ),
        (
            own("a = {}", "a = [\"a\"]") + "by = { x = [] }\nnamed = { y = [] }\n",
            "table of shape `companion.queue` of `acme`: a companion has one of `by`, `named` and `same`",
        ),
        (
            own("a = {}", "a = [\"a\"]") + "named = { y = [] }\nsame = \"x\"\n",
            "table of shape `companion.queue` of `acme`: a companion has one of `by`, `named` and `same`",
        ),
        (
            own("a = {}", "a = [\"a\"]") + "same = \"\"\n",
            "table of shape `companion.queue` of `acme`: `same` has an empty path",
        ),
    ] {
        assert_eq!(check(&theirs), expected, "{theirs}");
    }
}

#[test]
fn the_text_of_a_set_is_that_of_its_tables() {
    let ours: Tables = toml::from_str(OURS).unwrap();
    let text = Shapes::merge([("palisade", &ours)]).unwrap().text().to_owned();
    let again: Tables = toml::from_str(&text).unwrap();
    assert_eq!(Shapes::merge([("palisade", &again)]).unwrap().text(), text);
    let none = Shapes::merge([("palisade", &Tables::default())]).unwrap();
    assert_eq!(none.text(), "");
}
