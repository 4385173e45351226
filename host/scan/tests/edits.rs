//! New findings after an edit, with the real parser and the real controls: trees are generated, edited by moving
//! resources, and compared.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use palisade_catalog::{Catalog, Compiler, Host};
use palisade_domain::{Baseline, FindingStatus, Gate, Missing, Report};
use palisade_sandbox::Sandbox;
use palisade_scan::{Base, Change, Request, Selection};
use palisade_source::{FolderSnapshot, Limits, Snapshot, TreePath};
use proptest::prelude::*;

static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let compiler = Compiler { program: PathBuf::new(), arguments: Vec::new() };
    let host = Host { sandbox: Arc::new(Sandbox::new(2).unwrap()), cache: None, compiler };
    RUNTIME.block_on(Catalog::load(&host, None, &[], &[])).unwrap()
});

/// A violating resource: its name and its content.
#[derive(Clone, Debug, PartialEq)]
struct Volume {
    name: String,
    size: u32,
}

/// Folders of files, each with its resources and its layout.
#[derive(Clone, Debug, Default)]
struct Tree(BTreeMap<String, (Vec<Volume>, usize)>);

impl Tree {
    fn write(&self, top: &std::path::Path) {
        for (path, (volumes, layout)) in &self.0 {
            let mut text = "# a comment\n".repeat(layout % 4);
            for it in volumes {
                let indent = " ".repeat(2 + layout % 3);
                let mut lines = [
                    format!("{indent}size = {}\n", it.size),
                    format!("{indent}encrypted = false\n"),
                    format!("{indent}availability_zone = \"eu-1\"\n"),
                ];
                lines.rotate_left(layout % 3);
                write!(text, "resource \"aws_ebs_volume\" \"{}\" {{\n{}}}\n", it.name, lines.concat())
                    .unwrap();
            }
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    /// The number of resources of each size.
    fn sizes(&self) -> BTreeMap<u32, usize> {
        let mut sizes = BTreeMap::new();
        for it in self.0.values().flat_map(|(volumes, _)| volumes) {
            *sizes.entry(it.size).or_default() += 1;
        }
        sizes
    }
}

/// A tree written to a temporary folder.
fn open(tree: &Tree) -> (tempfile::TempDir, Arc<dyn Snapshot>) {
    let top = tempfile::tempdir().unwrap();
    tree.write(top.path());
    let snapshot = FolderSnapshot::open(top.path(), Limits::default()).unwrap();
    (top, Arc::new(snapshot))
}

fn request(snapshot: &Arc<dyn Snapshot>) -> Request {
    Request {
        selection: Selection::new(&["aws-ebs-volume-unencrypted".to_owned()], &[], None).unwrap(),
        ..Request::new(Arc::clone(snapshot), TreePath::root(), jiff::civil::date(2026, 1, 1))
    }
}

/// The second tree as a change of the first.
fn change(base: &Arc<dyn Snapshot>, head: &Arc<dyn Snapshot>, list_unchanged: bool) -> Report {
    let change = Change { list_unchanged, ..Change::new(Arc::clone(base), "base") };
    RUNTIME.block_on(change.evaluate(&CATALOG, &request(head))).unwrap().report
}

/// An edit of a tree; numbers choose among the existing elements.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Move(usize, usize),
    RenameFile(usize),
    RenameResource(usize),
    LayOut(usize, usize),
    Reorder(usize),
    Copy(usize),
    CopyFile(usize),
    Delete(usize),
    Add(usize),
}

impl Edit {
    /// Applies the edit; `serial` makes names and sizes unique.
    fn apply(self, tree: &mut Tree, serial: u32) {
        let file = |tree: &Tree, chosen: usize| tree.0.keys().nth(chosen % tree.0.len().max(1)).cloned();
        // File and index of a resource.
        let resource = |tree: &Tree, chosen: usize| {
            let all: Vec<(String, usize)> = tree
                .0
                .iter()
                .flat_map(|(path, (volumes, _))| (0..volumes.len()).map(|at| (path.clone(), at)))
                .collect();
            all.get(chosen % all.len().max(1)).cloned()
        };
        let add =
            |tree: &mut Tree, path: &str, it: Volume| tree.0.entry(path.to_owned()).or_default().0.push(it);
        match self {
            Edit::Move(what, to) => {
                let (Some((path, at)), Some(to)) = (resource(tree, what), file(tree, to)) else { return };
                // A name can be used once in a folder.
                let folder = |path: &str| path.split('/').next().unwrap().to_owned();
                let name = &tree.0[&path].0[at].name;
                let taken = folder(&to) != folder(&path)
                    && tree.0.iter().any(|(other, (volumes, _))| {
                        folder(other) == folder(&to) && volumes.iter().any(|it| it.name == *name)
                    });
                if taken {
                    return;
                }
                let it = tree.0.get_mut(&path).unwrap().0.remove(at);
                add(tree, &to, it);
            }
            Edit::RenameFile(what) => {
                let Some(path) = file(tree, what) else { return };
                let it = tree.0.remove(&path).unwrap();
                tree.0.insert(format!("{}/renamed{serial}.tf", path.split('/').next().unwrap()), it);
            }
            Edit::RenameResource(what) => {
                let Some((path, at)) = resource(tree, what) else { return };
                tree.0.get_mut(&path).unwrap().0[at].name = format!("renamed{serial}");
            }
            Edit::LayOut(what, how) => {
                let Some(path) = file(tree, what) else { return };
                tree.0.get_mut(&path).unwrap().1 = how;
            }
            Edit::Reorder(what) => {
                let Some(path) = file(tree, what) else { return };
                tree.0.get_mut(&path).unwrap().0.reverse();
            }
            Edit::Copy(what) => {
                let Some((path, at)) = resource(tree, what) else { return };
                let size = tree.0[&path].0[at].size;
                add(tree, &path, Volume { name: format!("copy{serial}"), size });
            }
            Edit::CopyFile(what) => {
                let Some(path) = file(tree, what) else { return };
                let it = tree.0[&path].clone();
                tree.0.insert(format!("copied{serial}/main.tf"), it);
            }
            Edit::Delete(what) => {
                let Some((path, at)) = resource(tree, what) else { return };
                tree.0.get_mut(&path).unwrap().0.remove(at);
            }
            Edit::Add(to) => {
                let path = file(tree, to).unwrap_or_else(|| "main/main.tf".to_owned());
                add(tree, &path, Volume { name: format!("added{serial}"), size: 1_000 + serial });
            }
        }
    }
}

/// The findings as address, file, size (looked up in the tree, since the report does not contain it) and whether they
/// are new.
fn outcome(tree: &Tree, report: &Report) -> Vec<(String, String, u32, bool)> {
    report
        .results
        .iter()
        .filter(|it| it.status == FindingStatus::Failed)
        .map(|it| {
            let path = it.resource.location.as_ref().unwrap().path.clone();
            let name = it.resource.address.rsplit('.').next().unwrap().to_owned();
            let size = tree.0[&path].0.iter().find(|it| it.name == name).unwrap().size;
            (path, name, size, it.new)
        })
        .collect()
}

fn compare(report: Report, before: &Report) -> Report {
    let base = Base { baseline: &Baseline::of(before), name: "base", trees: None };
    palisade_scan::compare(report, base, false, Gate { fail_on: None, missing: Missing::New })
}

fn check(base: &Tree, head: &Tree) {
    let ((_first, before), (_second, now)) = (open(base), open(head));
    let after = change(&before, &now, true);
    let found = outcome(head, &after);
    let (was, is) = (base.sizes(), head.sizes());
    assert_eq!(found.len(), is.values().sum::<usize>(), "every volume is bad");
    // If unchanged units are only counted, the same findings are new, and the counts are the same.
    let counted = change(&before, &now, false);
    assert_eq!(counted.summary.outcomes, after.summary.outcomes);
    for (found, what) in [(&found, "listed"), (&outcome(head, &counted), "counted")] {
        for (size, count) in &is {
            let expected = count.saturating_sub(was.get(size).copied().unwrap_or(0));
            let new = found.iter().filter(|it| it.2 == *size && it.3).count();
            assert_eq!(new, expected, "{what}, of size {size}: {found:?}");
        }
    }
    // A resource that was not moved is never new.
    for (path, name, size, new) in &found {
        let it = Volume { name: name.clone(), size: *size };
        let stayed = base.0.get(path).is_some_and(|(volumes, _)| volumes.contains(&it));
        assert!(!(stayed && *new), "{path} {name} was there: {found:?}");
    }
    // A second scan compared with the first: nothing is new.
    let again = RUNTIME.block_on(palisade_scan::scan(&CATALOG, &request(&now))).unwrap();
    let again = compare(again, &after);
    assert!(again.results.iter().all(|it| !it.new), "the same tree has nothing new");
    let prints = |report: &Report| -> Vec<String> {
        let mut all: Vec<String> = report.results.iter().map(|it| it.fingerprint.clone()).collect();
        all.sort();
        all
    };
    assert_eq!(prints(&again), prints(&after), "identities are carried on");
}

fn tree() -> impl Strategy<Value = Tree> {
    prop::collection::vec(1..4usize, 1..4).prop_map(|files| {
        let mut tree = Tree::default();
        let mut size = 0;
        for (number, count) in files.into_iter().enumerate() {
            let volumes = (0..count)
                .map(|_| {
                    size += 1;
                    Volume { name: format!("v{size}"), size }
                })
                .collect();
            tree.0.insert(format!("main/f{number}.tf"), (volumes, number));
        }
        tree
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let any = 0..16usize;
    prop_oneof![
        (any.clone(), any.clone()).prop_map(|(what, to)| Edit::Move(what, to)),
        any.clone().prop_map(Edit::RenameFile),
        any.clone().prop_map(Edit::RenameResource),
        (any.clone(), any.clone()).prop_map(|(what, how)| Edit::LayOut(what, how)),
        any.clone().prop_map(Edit::Reorder),
        any.clone().prop_map(Edit::Copy),
        any.clone().prop_map(Edit::CopyFile),
        any.clone().prop_map(Edit::Delete),
        any.prop_map(Edit::Add),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_edits(base in tree(), edits in prop::collection::vec(edit(), 0..6)) {
        let mut head = base.clone();
        for (serial, edit) in (0u32..).zip(edits) {
            edit.apply(&mut head, serial);
        }
        check(&base, &head);
    }
}
