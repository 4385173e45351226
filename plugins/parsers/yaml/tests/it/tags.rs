//! The tag of each node, as resolved text.

use crate::show::show;

/// Checks each file and its rendering.
fn check(table: &[(&str, &str)]) {
    let (found, expected): (Vec<_>, Vec<_>) =
        table.iter().map(|(text, expected)| ((*text, show(text)), (*text, (*expected).to_owned()))).unzip();
    assert_eq!(found, expected);
}

#[test]
fn on_each_kind_of_node() {
    check(&[
        // In flow style.
        ("a: !GetAtt b.c", r#"{a: !GetAtt "b.c"}"#),
        ("a: !GetAtt 'b.c'", r#"{a: !GetAtt "b.c"}"#),
        (r#"a: !GetAtt "b.c""#, r#"{a: !GetAtt "b.c"}"#),
        ("a: !Join [w, x]", r#"{a: !Join ["w", "x"]}"#),
        ("a: !Transform {Name: x}", r#"{a: !Transform {Name: "x"}}"#),
        ("!Root {a: 1}", "!Root {a: 1}"),
        // In block style.
        ("a: !GetAtt\n  b.c\n", r#"{a: !GetAtt "b.c"}"#),
        ("a: !Join\n  - w\n  - x\n", r#"{a: !Join ["w", "x"]}"#),
        ("a: !Join\n- x\n", r#"{a: !Join ["x"]}"#),
        ("a: !Transform\n  Name: x\n", r#"{a: !Transform {Name: "x"}}"#),
        ("!Root\na: 1\n", "!Root {a: 1}"),
        ("--- !Root\n- 1\n", "!Root [1]"),
        ("- !Ref a\n- !If [b, 1]\n- !Map {c: 2}\n", r#"[!Ref "a", !If ["b", 1], !Map {c: 2}]"#),
        ("- !Map\n  c: 2\n  d: 3\n", "[!Map {c: 2, d: 3}]"),
        // On texts with several lines.
        ("a: !Sub |\n  x ${y}\n  z\n", r#"{a: !Sub "x ${y}\nz\n"}"#),
        ("a: !Sub >-\n  x\n  z\n", r#"{a: !Sub "x z"}"#),
        ("a: !Sub\n  |\n  x\n", r#"{a: !Sub "x\n"}"#),
        // With a tag that YAML does not define, numbers, booleans and nulls are texts.
        ("a: !Ref 12\nb: !Ref yes\nc: !Ref ~\n", r#"{a: !Ref "12", b: !Ref "yes", c: !Ref "~"}"#),
        // JSON has no tags.
        (r#"{"a": ["!Ref"]}"#, r#"{a: ["!Ref"]}"#),
        // A key keeps only its text.
        ("!!str 1: !Ref b", r#"{1: !Ref "b"}"#),
    ]);
}

#[test]
fn on_nodes_with_nothing() {
    check(&[
        ("a: !Ref", r#"{a: !Ref ""}"#),
        ("a: !Ref\nb: 1", r#"{a: !Ref "", b: 1}"#),
        ("- !Ref\n- b", r#"[!Ref "", "b"]"#),
        ("[!Ref , b]", r#"[!Ref "", "b"]"#),
        ("{a: !Ref , b: !Ref}", r#"{a: !Ref "", b: !Ref ""}"#),
        ("!Ref", r#"!Ref """#),
        ("a: !!null", "{a: tag:yaml.org,2002:null null}"),
        ("a: !Seq []\nb: !Map {}\n", "{a: !Seq [], b: !Map {}}"),
        ("a: &x !Ref\nb: *x", r#"{a: !Ref "", b: *!Ref ""}"#),
        ("a: !", r#"{a: ! ""}"#),
        ("a:", "{a: null}"),
    ]);
}

#[test]
fn on_nodes_in_nodes() {
    check(&[
        (
            "a: !Join ['-', [!Ref b, !GetAtt c.d, !Sub '${e}']]",
            r#"{a: !Join ["-", [!Ref "b", !GetAtt "c.d", !Sub "${e}"]]}"#,
        ),
        (
            "a: !If\n  - b\n  - !Select\n    - 0\n    - !GetAZs ''\n  - !Ref AWS::NoValue\n",
            r#"{a: !If ["b", !Select [0, !GetAZs ""], !Ref "AWS::NoValue"]}"#,
        ),
        (
            "a: !Base64\n  Fn::Sub:\n    - !Sub |\n      x\n    - x: !ImportValue {Fn::Sub: z}\n",
            r#"{a: !Base64 {Fn::Sub: [!Sub "x\n", {x: !ImportValue {Fn::Sub: "z"}}]}}"#,
        ),
        (
            "a: !Or [!Equals [1, 2], !Not [!Condition c]]",
            r#"{a: !Or [!Equals [1, 2], !Not [!Condition "c"]]}"#,
        ),
        // A node has one tag (YAML 1.2.2, 6.9).
        ("a: !Base64 !Sub x", "fault: a key is expected here; check the indentation"),
    ]);
}

#[test]
fn with_anchors_and_aliases() {
    check(&[
        ("- &x !Ref a\n- *x\n", r#"[!Ref "a", *!Ref "a"]"#),
        ("- !Ref &x a\n- *x\n", r#"[!Ref "a", *!Ref "a"]"#),
        ("- !Join &x [a]\n- {b: *x}\n", r#"[!Join ["a"], {b: *!Join ["a"]}]"#),
        ("- &x !Map\n  a: 1\n- *x\n", "[!Map {a: 1}, *!Map {a: 1}]"),
        ("- &x\n  !Ref a\n- *x\n", r#"[!Ref "a", *!Ref "a"]"#),
        // An alias of the anchor of a key has the tag of the key.
        ("!Ref &x a: 1\nb: *x\n", r#"{a: 1, b: !Ref "a"}"#),
        ("&x a: 1\nb: *x\n", r#"{a: 1, b: "a"}"#),
        // An alias has no properties of its own (YAML 1.2.2, 7.1).
        ("- &x a\n- !Ref *x\n", "fault: a `-` is expected here; check the indentation"),
    ]);
}

#[test]
fn in_all_spellings() {
    check(&[
        // Verbatim (YAML 1.2.2, 6.9.1).
        ("a: !<!GetAtt> b", r#"{a: !GetAtt "b"}"#),
        ("a: !<tag:yaml.org,2002:str> 1", r#"{a: tag:yaml.org,2002:str "1"}"#),
        ("a: !<tag:yaml.org,2002:int> 0x10", "{a: tag:yaml.org,2002:int 16}"),
        ("a: !<tag:example.com,2000:x> [1]", "{a: tag:example.com,2000:x [1]}"),
        ("a: !<!int> 1", r#"{a: !int "1"}"#),
        // The secondary handle (6.8.2.1).
        (
            "a: !!str 1\nb: !!seq [1]\nc: !!map {d: 1}\n",
            concat!(
                r#"{a: tag:yaml.org,2002:str "1", b: tag:yaml.org,2002:seq [1], "#,
                "c: tag:yaml.org,2002:map {d: 1}}",
            ),
        ),
        (
            "a: !!binary aGk=\nb: !!bool yes\nc: !!float 1\n",
            concat!(
                r#"{a: tag:yaml.org,2002:binary "hi", b: tag:yaml.org,2002:bool true, "#,
                "c: tag:yaml.org,2002:float 1}",
            ),
        ),
        // The tag that forces a type without looking at the text.
        ("a: ! 12\nb: ! [1]\n", r#"{a: ! "12", b: ! [1]}"#),
        // Percent-encoded characters.
        ("a: !a%21b c", r#"{a: !a!b "c"}"#),
        ("a: !<tag:yaml.org,2002:%73tr> 1", r#"{a: tag:yaml.org,2002:str "1"}"#),
        // Tags of other tools.
        ("a: !vault |\n  1;2\n", r#"{a: !vault "1;2\n"}"#),
        ("a: !reference [.b, script]", r#"{a: !reference [".b", "script"]}"#),
    ]);
}

#[test]
fn with_handles() {
    check(&[
        (
            "%TAG !e! tag:example.com,2000:app/\n---\na: !e!foo [1]\nb: !other 1\n",
            r#"{a: tag:example.com,2000:app/foo [1], b: !other "1"}"#,
        ),
        ("%TAG !e! !my-\n---\na: !e!light {b: 1}\n", "{a: !my-light {b: 1}}"),
        ("%TAG ! tag:example.com,2000:\n---\na: !foo b\n", r#"{a: tag:example.com,2000:foo "b"}"#),
        ("%TAG !! tag:example.com,2000:\n---\na: !!int 1\n", r#"{a: tag:example.com,2000:int "1"}"#),
        // The tag counts, not its spelling.
        ("%TAG !y! tag:yaml.org,2002:\n---\na: !y!int 0x10\n", "{a: tag:yaml.org,2002:int 16}"),
        ("%TAG !y! tag:yaml.org,\n---\na: !y!2002:int 0x10\n", "{a: tag:yaml.org,2002:int 16}"),
        // A directive applies to the document that follows it (6.8.2).
        (
            "%TAG !e! !my-\n---\na: !e!b 1\n...\n---\na: !e!b 1\n",
            r#"{a: !my-b "1"} --- fault: this tag uses a prefix that no %TAG line declares"#,
        ),
        ("a: !e!b 1\n", "fault: this tag uses a prefix that no %TAG line declares"),
    ]);
}

#[test]
fn beside_merge_keys_and_keys_that_come_twice() {
    check(&[
        (
            "a: &x !Base {b: !Ref c, d: 1}\ne: !Mine\n  <<: *x\n  f: !Sub g\n",
            r#"{a: !Base {b: !Ref "c", d: 1}, e: !Mine {f: !Sub "g", b: *!Ref "c", d: *1}}"#,
        ),
        // Keys merged from an inline mapping become part of this one.
        ("a:\n  <<: !Base {b: !Ref c}\n  d: !Ref e\n", r#"{a: {d: !Ref "e", b: !Ref "c"}}"#),
        ("a:\n  <<: [{b: !Ref c}, {b: !Sub d}]\n", r#"{a: {b: !Ref "c"}}"#),
        ("a: {!!merge <<: {b: !Ref c}}\n", r#"{a: {b: !Ref "c"}}"#),
        ("a: !Ref b\na: !Sub c\nd: !If [e]\n", r#"{a: !Sub "c", d: !If ["e"]}"#),
        ("a: !If [!Ref b]\na: 1\nc: !Ref d\n", r#"{a: 1, c: !Ref "d"}"#),
        // The first occurrence of the node is removed, so the alias becomes the node.
        ("a: !If &x [!Ref b]\na: 1\nc: *x\nd: *x\n", r#"{a: 1, c: !If [!Ref "b"], d: *!If [!Ref "b"]}"#),
    ]);
}

#[test]
fn of_each_document_of_a_file() {
    check(&[
        ("a: !Ref b\n---\n- !Sub c\n", r#"{a: !Ref "b"} --- [!Sub "c"]"#),
        // A document that cannot be read leaves no tags.
        (
            "a: !Ref b\n---\nc: !Sub d\ne: [\n---\nf: !If [g]\n",
            r#"{a: !Ref "b"} --- {f: !If ["g"]} --- fault: a value is expected here"#,
        ),
        // Read tolerantly.
        ("a: {b: !Ref c,\nd: !If [e,\nf]}\n", r#"{a: {b: !Ref "c", d: !If ["e", "f"]}}"#),
    ]);
}

#[test]
fn long_ones_have_a_bound() {
    let prefix = "x".repeat(1 << 20);
    let tags: Vec<String> = (0..8).map(|number| format!("- !e!{number} a\n")).collect();
    let tags = tags.concat();
    let text = format!("%TAG !e! tag:{prefix}\n---\n{tags}");
    assert_eq!(show(&text), "fault: tags longer than 4 MiB in all; shorten the prefixes of the %TAG lines");
    // Equal tags are stored once.
    let same = "- !e!x a\n".repeat(8);
    let text = format!("%TAG !e! tag:{prefix}\n---\n{same}");
    assert!(!show(&text).contains("fault"));
}
