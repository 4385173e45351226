//! Builds the example of `wit/README.md`, and compares the tables.

use palisade_tape::{Batch, Builder, Kind, NONE, Node};

/// ```yaml
/// kind: Pod
/// labels: &web
///   app: web
/// again: *web
/// ```
fn example() -> Batch {
    let mut builder = Builder::new();
    let root = builder.open(Kind::Mapping, 0, NONE, NONE);
    let key = builder.text("kind");
    builder.scalar(Kind::Text, key, NONE, "Pod", NONE);
    let key = builder.text("labels");
    let labels = builder.open(Kind::Mapping, key, NONE, NONE);
    let key = builder.text("app");
    builder.scalar(Kind::Text, key, NONE, "web", NONE);
    let labels = builder.close(labels, None);
    let key = builder.text("again");
    builder.link(key, NONE, labels, NONE);
    builder.close(root, None);
    builder.finish()
}

#[test]
fn the_columns_are_as_the_readme_says() {
    let batch = example();
    assert_eq!(batch.validate(), Ok(()));
    let column = |name: &str, numbers: Vec<String>| format!("{name:<8}{}\n", numbers.join("  "));
    let numbers = |column: &[u32]| column.iter().map(ToString::to_string).collect::<Vec<_>>();
    let shown = [
        format!("arena   {}\n", batch.strings.arena),
        column("ends", numbers(&batch.strings.ends)),
        column("kinds", batch.nodes.kinds.iter().map(ToString::to_string).collect()),
        column("keys", numbers(&batch.nodes.keys)),
        column("values", numbers(&batch.nodes.values)),
        column("nexts", numbers(&batch.nodes.nexts)),
    ]
    .concat();
    let readme = include_str!("../../../../wit/README.md");
    assert!(readme.contains(&shown), "wit/README.md ought to show:\n{shown}");
}

#[test]
fn a_cursor_does_not_show_the_link() {
    let batch = example();
    let root = Node::new(&batch, 0);
    let again = root.at("again.app").expect("it is there");
    assert_eq!((again.key(), again.as_str()), ("app", Some("web")));
    assert_eq!(root.get("again").map(|it| (it.key(), it.kind())), Some(("again", Kind::Mapping)));
    assert_eq!(root.at("again.app").map(|it| it.index()), root.at("labels.app").map(|it| it.index()));
}
