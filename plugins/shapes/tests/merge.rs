//! Which tables go together.

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

[[carrier]]
formats = ["hcl"]
kinds = ["ours_manifest"]
at = "manifest"
holds = "yaml"
"#;

/// What a stranger's table beside ours comes to.
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
fn the_text_of_a_set_is_that_of_its_tables() {
    let ours: Tables = toml::from_str(OURS).unwrap();
    let text = Shapes::merge([("palisade", &ours)]).unwrap().text().to_owned();
    let again: Tables = toml::from_str(&text).unwrap();
    assert_eq!(Shapes::merge([("palisade", &again)]).unwrap().text(), text);
    let none = Shapes::merge([("palisade", &Tables::default())]).unwrap();
    assert_eq!(none.text(), "");
}
