//! The same tree lists and reads the same as a folder and as a commit.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use palisade_source::{EntryKind, SkipRules, Snapshot, TreePath, walk};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::Place;

const NAMES: &[&[u8]] = &[
    b"a",
    b"b",
    b"c",
    b"d.tf",
    b"a.b",
    b"a-b",
    b"A",
    b" ",
    b"-",
    b"..c",
    b"a\\b",
    b"'\"",
    b"\n",
    b"caf\xe9",
    b"\xff",
    "ä".as_bytes(),
    "a\u{308}".as_bytes(),
    "日本".as_bytes(),
    "\u{fffd}".as_bytes(),
    b"*?",
    b"node_modules",
    b".gitignore",
    b"~",
];

const TARGETS: &[&[u8]] = &[
    b"a",
    b"b",
    b"c",
    b"a/b",
    b"a/b/c",
    b"..",
    b"../a",
    b"../b/c",
    b"../..",
    b"../../a",
    b".",
    b"./b/../a",
    b"/a",
    b"//",
    b"a/",
    b"missing/..",
    b"c/../../c",
    b"caf\xe9",
    b".git",
    b".git/HEAD",
    "\u{fffd}".as_bytes(),
    b"d.tf",
    b"../../../../../../../etc/passwd",
];

#[derive(Debug, Clone)]
enum What {
    File(Vec<u8>, bool),
    Link(&'static [u8]),
}

fn tree() -> impl Strategy<Value = Vec<(Vec<&'static [u8]>, What)>> {
    let file = (vec(any::<u8>(), 0..40), any::<bool>()).prop_map(|(bytes, run)| What::File(bytes, run));
    let what = prop_oneof![3 => file, 2 => select(TARGETS).prop_map(What::Link)];
    // A few names near the root, so that links often have a target.
    let name = prop_oneof![3 => select(&NAMES[..4]), 1 => select(NAMES)];
    vec((vec(name, 1..5), what), 1..40)
}

fn write(place: &Place, tree: &[(Vec<&[u8]>, What)]) {
    for (names, what) in tree {
        let path: PathBuf =
            names.iter().fold(place.path().to_owned(), |path, name| path.join(OsStr::from_bytes(name)));
        // Skips paths that an earlier one makes impossible, and paths behind a link.
        let behind_link = path.ancestors().skip(1).any(Path::is_symlink);
        if behind_link
            || fs::create_dir_all(path.parent().unwrap()).is_err()
            || path.symlink_metadata().is_ok()
        {
            continue;
        }
        match what {
            What::Link(target) => symlink(OsStr::from_bytes(target), path).unwrap(),
            What::File(bytes, run) => {
                fs::write(&path, bytes).unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(if *run { 0o755 } else { 0o644 }))
                    .unwrap();
            }
        }
    }
}

/// Compares every path up to a depth, also through links, and some that do not exist.
fn compare(
    folder: &dyn Snapshot,
    commit: &dyn Snapshot,
    at: &TreePath,
    depth: usize,
) -> Result<usize, TestCaseError> {
    prop_assert_eq!(folder.stat(at), commit.stat(at), "stat {:?}", at);
    prop_assert_eq!(folder.read(at), commit.read(at), "read {:?}", at);
    let listing = folder.list(at);
    prop_assert_eq!(&listing, &commit.list(at), "list {:?}", at);
    let mut seen = 1;
    for entry in listing.unwrap_or_default() {
        let Ok(path) = at.join(&entry.name) else { continue };
        if depth > 0 || entry.kind == EntryKind::Folder {
            seen += compare(folder, commit, &path, depth.saturating_sub(1))?;
        }
    }
    for name in ["a", "missing", "b/c", "../a", ".git"] {
        if let Ok(path) = at.join(name) {
            prop_assert_eq!(folder.read(&path), commit.read(&path), "read {:?}", path);
            prop_assert_eq!(folder.stat(&path), commit.stat(&path), "stat {:?}", path);
        }
    }
    Ok(seen)
}

fn walked(snapshot: &dyn Snapshot) -> Vec<palisade_source::WalkItem> {
    let mut items = Vec::new();
    walk(snapshot, &TreePath::root(), &SkipRules::default(), &mut |item| items.push(item)).unwrap();
    items
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_folder_and_its_commit_are_alike(tree in tree()) {
        let place = Place::repository();
        write(&place, &tree);
        place.commit();
        let (folder, commit) = (place.folder(), place.at_commit("HEAD"));
        compare(&folder, &commit, &TreePath::root(), 3)?;
        prop_assert_eq!(walked(&folder), walked(&commit));
    }
}
