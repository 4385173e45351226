//! Plans as a table.

use std::fmt::Write as _;
use std::sync::Arc;

use palisade_domain::tape::{Batch, Builder, Kind, NONE, Relation, Resource};
use palisade_domain::{Control, Docs, Scope, Severity};

use super::Asked;

/// Controls from lines such as `bucket: judges a, b; beside c; scope tree; formats x`.
fn controls(text: &str) -> Vec<Control> {
    let control = |line: &str| {
        let (id, rest) = line.split_once(':').unwrap();
        let list = |word: &str| -> Vec<String> {
            let part = rest.split(';').find_map(|it| it.trim().strip_prefix(word));
            part.map_or(Vec::new(), |it| it.split(',').map(|it| it.trim().to_owned()).collect())
        };
        Control {
            id: id.trim().into(),
            title: "".into(),
            severity: Severity::Low,
            scope: match list("scope ").first().map(String::as_str) {
                Some("tree") => Scope::Tree,
                Some("document") => Scope::Document,
                _ => Scope::Component,
            },
            kinds: list("judges "),
            shapes: list("shapes "),
            related: list("beside "),
            formats: list("formats "),
            aliases: Arc::from([]),
            policies: Arc::from([]),
            docs: Docs::default(),
            parameters: Vec::new(),
            safe_fixes: Vec::new(),
            pack: "pack".to_owned(),
        }
    };
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(control).collect()
}

/// Resources from words such as `file.kind`, one row each; `file.kind>2` refers to row 2.
fn batch(text: &str) -> Batch {
    let mut out = Builder::new();
    let mut documents: Vec<String> = Vec::new();
    let mut relations = Vec::new();
    for (row, word) in text.split_whitespace().enumerate() {
        let (word, to) =
            word.split_once('>').map_or((word, None), |(word, to)| (word, to.parse::<u32>().ok()));
        let (file, kind) = word.split_once('.').unwrap();
        let document = documents.iter().position(|it| it == file).unwrap_or_else(|| {
            out.document(file, "x");
            documents.push(file.to_owned());
            documents.len() - 1
        });
        let mark = out.open(Kind::Mapping, 0, NONE, NONE);
        let root = out.close(mark, None);
        relations.extend(to.map(|to| (root, to)));
        let resource = Resource {
            address: out.text(&row.to_string()),
            kind: out.text(kind),
            format: out.text("x"),
            document: u32::try_from(document).unwrap(),
            root,
            ..Resource::default()
        };
        out.resource(resource);
    }
    for (from_node, to_resource) in relations {
        out.relation(Relation { from_node, to_resource, target_text: 0, attribute: 0 });
    }
    out.finish()
}

/// The plan for a unit, one line for each call: its controls, and the rows that they see.
fn plan(controls: &str, resources: &str, independent: bool, chunk: usize) -> String {
    let (asked, batch) = (Asked::new(self::controls(controls), |_| true), batch(resources));
    let mut text = String::new();
    for call in asked.calls(&batch, independent, chunk) {
        let ids: Vec<&str> = call.controls.iter().map(|it| &*asked.control(*it).unwrap().id).collect();
        let rows = call.rows.map_or("all".to_owned(), |rows| {
            rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        });
        let _ = write!(text, "{}: {rows}; ", ids.join(" "));
    }
    text.trim_end_matches("; ").to_owned()
}

const CONTROLS: &str = "
    alone: judges a
    other: judges b
    looks: judges a; beside c
    whole: judges a; scope tree
";

#[test]
fn controls_see_what_they_ask_for() {
    for (resources, independent, expected) in [
        // A control with other kinds sees these and its subjects, and nothing else.
        ("f.a f.b f.c", false, "alone other: all; looks: 0 2"),
        ("f.a f.c", false, "alone other looks: all"),
        ("f.b f.c", false, "alone other: all"),
        ("f.d", false, "alone other: all"),
        // In independent files it sees those in the file of its subject.
        ("f.a f.c g.a g.c", true, "alone other: all; looks: 0 1; looks: 2 3"),
        ("f.a g.c", true, "alone other: all; looks: 0"),
        ("f.a g.a h.c h.a", true, "alone other: all; looks: 0 1; looks: 2 3"),
        ("f.a g.c", false, "alone other looks: all"),
    ] {
        assert_eq!(plan(CONTROLS, resources, independent, usize::MAX), expected, "{resources}");
    }
}

#[test]
fn a_large_unit_is_cut_where_nothing_is_related() {
    for (resources, expected) in [
        ("f.a f.b f.c", "alone other: 0; alone other: 1; alone other: 2; looks: 0 2"),
        ("f.a>2 f.b f.c", "alone other: 0 2; alone other: 1; looks: 0 2"),
        ("f.a f.c", "alone other: 0; alone other: 1; looks: 0 1"),
        ("f.a>1 f.c", "alone other: 0 1; looks: 0 1"),
    ] {
        assert_eq!(plan(CONTROLS, resources, false, 1), expected, "{resources}");
    }
}

#[test]
fn what_a_control_that_looks_beside_sees_does_not_depend_on_the_size() {
    for resources in ["f.a f.b f.c", "f.a>2 f.b f.c", "f.a f.c g.a", "f.b"] {
        for independent in [false, true] {
            let seen = |chunk| -> Vec<String> {
                let plan = plan(CONTROLS, resources, independent, chunk);
                let calls = plan.split("; ").filter(|it| it.contains("looks"));
                let rows = calls.map(|it| it.split_once(": ").unwrap().1.to_owned());
                let all: Vec<String> =
                    (0..resources.split_whitespace().count()).map(|it| it.to_string()).collect();
                rows.map(|it| if it == "all" { all.join(" ") } else { it }).collect()
            };
            assert_eq!(seen(1), seen(usize::MAX), "{resources} {independent}");
        }
    }
}

#[test]
fn the_tree_and_documents_have_calls_of_their_own() {
    let asked = Asked::new(controls(&format!("{CONTROLS}doc: judges *; scope document\n")), |_| true);
    let batch = batch("f.a f.b f.c");
    assert_eq!(asked.for_the_tree(&batch).into_iter().collect::<Vec<_>>(), [0]);
    assert_eq!(asked.of_the_tree().controls, [3]);
    let documents = asked.of_documents().unwrap();
    assert_eq!(documents.of_unit(&batch, true).len(), 1);
    assert_eq!(documents.subjects(&[4], &batch), [0, 1, 2]);
    assert!(Asked::new(controls(CONTROLS), |_| true).of_documents().is_none());
    assert!(!Asked::new(controls("d: judges *; scope document"), |_| true).sees_resources());
}
