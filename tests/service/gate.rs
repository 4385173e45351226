//! The gate decides a pull request as the command line decides the same change: see `tests/gate`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use palisade_fake_github::Check;
use palisade_tests::gate::{Case, cases};

use crate::world::{Kind, REPOSITORY, World};

/// The files of a case, in a folder of its own.
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

/// A violation that a change introduces: file, line and control.
type Violation = (String, u64, String);

/// A clone of the repository, for the command line.
struct Clone {
    folder: tempfile::TempDir,
}

impl Clone {
    fn of(repository: &Path) -> Clone {
        let folder = tempfile::tempdir().unwrap();
        let clone = Clone { folder };
        clone.git(&["clone", "--quiet", repository.to_str().unwrap(), "."]);
        clone
    }

    fn git(&self, words: &[&str]) {
        let status = Command::new("git").arg("-C").arg(self.folder.path()).args(words).status().unwrap();
        assert!(status.success(), "git {words:?}");
    }

    /// The verdict of the command line for a commit as a change of `main`, and the new violations.
    fn scan(&self, sha: &str) -> (&'static str, BTreeSet<Violation>) {
        self.git(&["fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*"]);
        self.git(&["checkout", "--quiet", "--detach", sha]);
        let output = Command::new(palisade_tests::palisade())
            .args(["scan", "--base", "origin/main", "--strict", "--offline", "--format", "json", "--quiet"])
            .current_dir(self.folder.path())
            .env("PALISADE_HOME", self.folder.path().join(".git/palisade"))
            .output()
            .unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
        let results = report["results"].as_array().unwrap().iter();
        let new = results.filter(|it| it["new"] == true && it["status"] == "failed").map(|it| {
            let at = &it["location"];
            (text(&at["path"]), at["start"]["line"].as_u64().unwrap(), text(&it["control"]))
        });
        (if output.status.success() { "success" } else { "failure" }, new.collect())
    }
}

/// The violations that a check shows.
fn violations(check: &Check) -> BTreeSet<Violation> {
    let shown = check.annotations.iter().map(|it| {
        let title = it["title"].as_str().unwrap();
        let control = title.split_once(": ").map_or(title, |(_, control)| control);
        (it["path"].as_str().unwrap().to_owned(), it["start_line"].as_u64().unwrap(), control.to_owned())
    });
    shown.collect()
}

/// How many cases share a tree: each pull request judges the whole tree.
const TOGETHER: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_ends_as_a_change_does() {
    let mut wrong = String::new();
    for cases in some().chunks(TOGETHER) {
        open_for_each(cases, &mut wrong).await;
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Opens a pull request for the change and for the twin of each case, and appends differences to `wrong`.
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
    let clone = Clone::of(&world.fake.repository_folder(REPOSITORY));
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
            let (decided, found) = clone.scan(&sha);
            if (Some(decided), &found) != (check.conclusion.as_deref(), &violations(&check)) {
                let shown = violations(&check);
                writeln!(wrong, "{} ({name}): {decided} {found:?}, and the check {shown:?}", case.id)
                    .unwrap();
            }
        }
    }
    world.end().await;
}
