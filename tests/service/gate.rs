//! What the gate decides of a change by the command line it decides of a pull request: see `tests/gate`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use palisade_tests::gate::{Case, cases};

use crate::world::{Kind, REPOSITORY, World};

/// Files of a case, in a folder of its own.
fn within(case: &Case, files: &[(String, String)]) -> Vec<(String, String)> {
    let folder = case.id.replace(' ', "-");
    files.iter().map(|(path, text)| (format!("{folder}/{path}"), text.clone())).collect()
}

/// One case of each kind; all of them with `cargo xtask test --all`.
fn some() -> Vec<Case> {
    let mut kinds = BTreeSet::new();
    let mut all = cases().unwrap();
    all.retain(|it| it.texts().is_some() && it.id != "g06 T16" && it.id != "g06 O2" && it.id != "g06 O4");
    all.retain(|it| {
        let kind = it.id.split(' ').next().unwrap_or_default().to_owned();
        kinds.insert(kind) || palisade_tests::quick_or_all((false, true))
    });
    all
}

/// How many cases share a tree: each pull request judges the tree whole.
const TOGETHER: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_ends_as_a_change_does() {
    let mut wrong = String::new();
    for cases in some().chunks(TOGETHER) {
        open_for_each(cases, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Opens a pull request for the change and for the twin of each case, and writes down what ends otherwise.
async fn open_for_each(cases: &[Case], wrong: &mut String) {
    let world = World::start(Kind::Sqlite).await.unwrap();
    let integration = world.integrate().await;
    let all: Vec<[Vec<(String, String)>; 3]> = cases
        .iter()
        .filter_map(|it| Some((it, it.texts()?)))
        .map(|(case, texts)| texts.map(|files| within(case, &files)))
        .collect();
    let base: Vec<(&str, Option<&str>)> = all
        .iter()
        .flat_map(|[base, ..]| base)
        .map(|(path, text)| (path.as_str(), Some(text.as_str())))
        .collect();
    world.fake.commit(REPOSITORY, "main", &base).unwrap();
    world.source_with(&integration, "Production", "/", true).await;
    for (case, [before, change, twin]) in cases.iter().zip(&all) {
        for (name, files, fails) in [("change", change, true), ("twin", twin, case.twin_fails.is_some())] {
            let gone = before.iter().filter(|(path, _)| files.iter().all(|(it, _)| it != path));
            let mut all: Vec<(&str, Option<&str>)> = gone.map(|(path, _)| (path.as_str(), None)).collect();
            all.extend(files.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))));
            let branch = format!("{name}-{}", case.id.replace(' ', "-"));
            let (_, sha) = world.pull(&branch, &all);
            let check = world.completed(&sha).await;
            let expected = if fails { "failure" } else { "success" };
            if check.conclusion.as_deref() != Some(expected) {
                writeln!(wrong, "{} ({name}): {:?} {:?}", case.id, check.conclusion, check.title).unwrap();
            }
        }
    }
    world.end().await;
}
