//! Short texts with values of exponential size: each is evaluated, and values beyond a limit are unknown with a reason.

#![cfg(test)]

mod common;

use std::fmt::Write;

use palisade_sdk::parser::{Environment, Status};

/// Sixty locals: `first`, and then `step` with `@` replaced by the previous local. All are evaluated.
fn check(what: &str, first: &str, step: &str) {
    let mut text = format!("-- main.tf --\nlocals {{\n  l0 = {first}\n");
    for level in 1..60 {
        let made = step.replace('@', &format!("local.l{}", level - 1));
        writeln!(text, "  l{level} = {made}").unwrap();
    }
    text.push_str("}\nresource \"x_y\" \"z\" {\n  small = local.l2\n  large = local.l59\n}\n");
    let tree = common::tree(&text);
    let parsed = common::parse(&tree, &common::works(&tree)[0], &[], &Environment::default());
    let resource = parsed.batch.resource(0).unwrap().root();
    assert!(resource.get("small").unwrap().as_unknown().is_none(), "{what}: small");
    // A value computed from an unknown value may contain it and be known itself.
    let mut large = resource.get("large").unwrap();
    while let Some(inner) = large.children().next().or_else(|| large.items().next()) {
        large = inner;
    }
    let reason = large.as_unknown().map(|it| parsed.batch.text(it.reason).to_owned());
    assert!(
        reason
            .as_ref()
            .is_some_and(|it| ["more than", "beyond", "longer than"].iter().any(|bound| it.contains(bound))),
        "{what}: {reason:?}"
    );
}

#[test]
fn what_doubles_with_each_line_ends() {
    for (what, first, step) in [
        ("tuples", "\"x\"", "[@, @]"),
        ("objects", "\"x\"", "{ a = @, b = @ }"),
        ("a for", "[1]", "[for it in [1, 2] : @]"),
        ("concatenation", "[1]", "concat(@, @)"),
        ("sets in tuples", "[1]", "[toset([@]), @]"),
        ("a conditional", "[1]", "true ? [@, @] : []"),
        ("texts", "\"x\"", "\"${@}${@}\""),
        ("JSON", "\"x\"", "jsonencode([@, @])"),
    ] {
        check(what, first, step);
    }
}

#[test]
fn a_file_whose_resources_are_cut_off_has_failed() {
    let tree = common::tree(
        "-- a.tf --\nresource \"x\" \"a\" {\n  count = 200000\n}\nresource \"x\" \"b\" {\n  count = 200000\n}\n\
         resource \"x\" \"c\" {\n  count = 200000\n}\n-- none.tf --\nresource \"x\" \"none\" {\n  count = 0\n}\n\
         -- z.tf --\nresource \"x\" \"z\" {\n  open = true\n}\n",
    );
    let parsed = common::parse(&tree, &common::works(&tree)[0], &[], &Environment::default());
    let status = |path: &str| parsed.coverage.iter().find(|it| it.path == path).unwrap().status;
    assert_eq!(parsed.batch.resources.len(), 500_000);
    assert_eq!(
        [status("a.tf"), status("none.tf"), status("z.tf")],
        [Status::Failed, Status::Scanned, Status::Failed]
    );
}
