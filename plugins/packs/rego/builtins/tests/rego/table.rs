//! The table agrees with the engine, and the page of the documentation with the table.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use palisade_rego_builtins::{Status, documented, register};
use regorus::Engine;
use regorus::unstable::BUILTINS;

#[test]
fn native_and_replaced_are_what_the_engine_has() {
    let mut wrong = Vec::new();
    for builtin in documented() {
        let has = BUILTINS.get(builtin.name).map(|it| it.1).or((builtin.name == "print").then_some(u8::MAX));
        let fits = match builtin.status {
            Status::Native | Status::Replaced { .. } => has == Some(builtin.arity.unwrap_or(u8::MAX)),
            Status::Added => has.is_none(),
            Status::Constant { .. } | Status::Absent { .. } => true,
        };
        if !fits {
            wrong.push(format!("{}: {}, and the engine has {has:?}", builtin.name, builtin.status.word()));
        }
    }
    let known: BTreeSet<&str> = documented().iter().map(|it| it.name).collect();
    wrong.extend(
        BUILTINS
            .keys()
            .filter(|it| !known.contains(*it) && !it.starts_with("__builtin"))
            .map(|it| format!("{it}: of the engine, not in the table")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_but_the_native_are_registered_once() {
    let mut engine = Engine::new();
    register(&mut engine).unwrap();
    assert!(register(&mut engine).is_err());
    for builtin in documented() {
        let taken = engine
            .add_extension(builtin.name.to_owned(), 1, Box::new(|_: Vec<regorus::Value>| unreachable!()))
            .is_err();
        assert_eq!(taken, builtin.status != Status::Native, "{}", builtin.name);
    }
}

/// The page of the documentation, generated from the table.
fn page() -> String {
    let mut page = String::from(
        "# Rego's builtins\n\n\
         What OPA's policy reference documents (OPA 1.22), and where it comes from in a pack: `native` is the engine's, \
         `added` the engine lacks, `replaced` the engine has and ours is used, `constant` is written in the place of \
         the call when a pack is built, `absent` ends the evaluation with the reason. What OPA calls an error of a builtin makes the call undefined, as it does there.\n\n\
         This page is written by a test: `REGO_BUILTINS_PAGE=write cargo nextest run -p palisade-rego-builtins page`.\n\n\
         | documented | native | added | replaced | constant | absent |\n|---|---|---|---|---|---|\n",
    );
    let many = |word: &str| documented().iter().filter(|it| it.status.word() == word).count();
    writeln!(
        page,
        "| {} | {} | {} | {} | {} | {} |",
        documented().len(),
        many("native"),
        many("added"),
        many("replaced"),
        many("constant"),
        many("absent")
    )
    .unwrap();
    let mut family = "";
    for builtin in documented() {
        if builtin.family != family {
            family = builtin.family;
            write!(page, "\n## {family}\n\n| builtin | arguments | here | |\n|---|---|---|---|\n").unwrap();
        }
        let arity = builtin.arity.map_or("any".to_owned(), |it| it.to_string());
        let old = if builtin.deprecated { "deprecated" } else { "" };
        let why = builtin
            .status
            .reason()
            .unwrap_or(old)
            .replace('|', "\\|")
            .replace('<', "\\<")
            .replace('*', "\\*");
        writeln!(page, "| `{}` | {arity} | {} | {why} |", builtin.name, builtin.status.word()).unwrap();
    }
    page
}

#[test]
fn the_page_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../docs/rego-builtins.md");
    if std::env::var_os("REGO_BUILTINS_PAGE").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == page(), "docs/rego-builtins.md is not what the table says; it says how to write it");
}
