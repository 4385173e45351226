//! Finding the tree that contains a path.

use std::fs;

use palisade_source::{Root, find_root};

use crate::fixture::{Place, path};

#[test]
fn the_root_is_the_top_of_the_work_tree_or_the_folder() {
    let place = Place::repository();
    place.file("a/b/c.tf", "");
    place.commit();
    place.git(&["worktree", "add", "-q", "linked", "HEAD", "-b", "other"]);
    place.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    place.link("short", "a/b");
    let plain = Place::new();
    plain.file("x/y.tf", "");
    fs::create_dir(plain.at("x/.git")).unwrap();

    let top = place.path().canonicalize().unwrap();
    let alone = plain.path().canonicalize().unwrap();
    let table = [
        (place.at(""), top.clone(), "", Some(top.clone())),
        (place.at("a/b"), top.clone(), "a/b", Some(top.clone())),
        (place.at("a/./b/../b"), top.clone(), "a/b", Some(top.clone())),
        (place.at("short"), top.clone(), "a/b", Some(top.clone())),
        (place.at("a/b/c.tf"), top.clone(), "a/b/c.tf", Some(top.clone())),
        (place.at("linked/a"), top.join("linked"), "a", Some(top.join("linked"))),
        (place.at("bare.git"), top.join("bare.git"), "", Some(top.join("bare.git"))),
        (plain.at("x"), alone.join("x"), "", None),
        (plain.at("x/y.tf"), alone.join("x"), "y.tf", None),
    ];
    for (from, root, inside, git) in table {
        let found = find_root(&from).unwrap();
        assert_eq!(found, Root { root, inside: path(inside), git }, "{}", from.display());
    }
    let error = find_root(&place.at("nowhere")).unwrap_err();
    assert!(error.to_string().contains("nowhere"));
}
