//! Walking a tree.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::Instant;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use palisade_source::{GeneratedFolder, ReadError, SkipRules, Snapshot, WalkError, WalkItem, walk};

use crate::fixture::{Place, git_with, path};

/// The declarations of Terraform's parser, in addition to the default rules.
fn rules() -> SkipRules {
    let contents = ["modules", "providers"].map(str::to_owned).into();
    let mut rules = SkipRules::default();
    rules.folders.push(GeneratedFolder { name: ".terraform".to_owned(), contents });
    rules
}

fn walked(snapshot: &dyn Snapshot, from: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut on = |item: WalkItem| {
        let path = item.path().to_string();
        lines.push(match item {
            WalkItem::File { size, .. } => format!("{path} {size}"),
            WalkItem::Link { .. } => format!("{path} link"),
            WalkItem::Submodule { .. } => format!("{path} submodule"),
            WalkItem::SkippedFolder { rule, .. } => format!("{path} skipped by {rule}"),
            WalkItem::UnreadableFolder { error, .. } => format!("{path} {error}"),
        });
    };
    walk(snapshot, &path(from), &rules(), &mut on).unwrap();
    lines
}

#[test]
fn everything_comes_in_the_order_of_the_paths() {
    let place = Place::repository();
    place.file("a/b.tf", "1");
    place.file("a.tf", "12");
    place.file("a-b/c", "123");
    place.file("Z", "");
    place.file("a/.terraform/modules/x.tf", "");
    place.file("web/node_modules/x/package.json", "");
    place.file("a/node_modules.txt", "");
    place.file(".github/workflow.yaml", "");
    place.link("a/link", "../a-b");
    place.link("top", "a");
    for (which, snapshot) in place.both() {
        assert_eq!(
            walked(&*snapshot, ""),
            [
                ".github/workflow.yaml 0",
                "Z 0",
                "a-b/c 3",
                "a.tf 2",
                "a/.terraform/modules/x.tf 0",
                "a/b.tf 1",
                "a/link link",
                "a/node_modules.txt 0",
                "top link",
                "web/node_modules/x/package.json 0",
            ],
            "{which}"
        );
        assert_eq!(walked(&*snapshot, "a/b.tf"), ["a/b.tf 1"], "{which}");
        assert_eq!(walked(&*snapshot, "a/link"), ["a/link/c 3"], "{which}");
        assert_eq!(walked(&*snapshot, "web/node_modules"), ["web/node_modules/x/package.json 0"], "{which}");
        let error = walk(&*snapshot, &path("nowhere"), &SkipRules::default(), &mut |_| {}).unwrap_err();
        assert_eq!(error, WalkError::Start { path: path("nowhere"), source: ReadError::Absent }, "{which}");
    }
}

#[test]
fn what_tools_put_beside_the_code_is_left_out_where_git_ignores_it() {
    let place = Place::repository();
    place.file("main.tf", "");
    place.file(".gitignore", ".terraform/\nweb/node_modules\n");
    place.file("a/node_modules/x.tf", "");
    place.commit();
    place.file(".terraform/modules/x.tf", "");
    place.file("web/node_modules/x.tf", "");
    place.file("other/node_modules/x.tf", "");
    assert_eq!(
        walked(&place.folder(), ""),
        [
            ".gitignore 29",
            ".terraform skipped by .terraform",
            "a/node_modules/x.tf 0",
            "main.tf 0",
            "other/node_modules/x.tf 0",
            "web/node_modules skipped by node_modules",
        ]
    );
    // Tracked files are code, whatever is ignored.
    place.git(&["add", "--force", ".terraform/modules/x.tf"]);
    assert!(walked(&place.folder(), "").contains(&".terraform/modules/x.tf 0".to_owned()));

    // Outside of a repository only files that `terraform init` fetches are skipped.
    let place = Place::new();
    place.file(".terraform/modules/x.tf", "");
    place.file(".terraform/x.tf", "");
    place.file("modules/x.tf", "");
    place.file("node_modules/x.tf", "");
    assert_eq!(
        walked(&place.folder(), ""),
        [
            ".terraform/modules skipped by modules",
            ".terraform/x.tf 0",
            "modules/x.tf 0",
            "node_modules/x.tf 0",
        ]
    );
}

#[test]
fn a_folder_that_cannot_be_listed_is_reported() {
    let place = Place::new();
    place.file("closed/file", "x");
    place.file("open/file", "x");
    fs::set_permissions(place.at("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read_dir(place.at("closed")).is_ok() {
        println!("skipped: this user may list everything");
    } else {
        let lines = walked(&place.folder(), "");
        assert!(lines[0].starts_with("closed Permission denied"), "{lines:?}");
        assert_eq!(lines[1..], ["open/file 1"]);
    }
    fs::set_permissions(place.at("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn five_thousand_files_are_walked_quickly() {
    let place = Place::repository();
    for number in 0..5000 {
        place.file(&format!("{}/{}/file-{number}.tf", number % 10, number % 100), "x");
    }
    for (which, snapshot) in place.both() {
        let began = Instant::now();
        assert_eq!(walked(&*snapshot, "").len(), 5000, "{which}");
        println!("{which}: {:?}", began.elapsed());
        assert!(began.elapsed().as_secs() < 5, "{which}");
    }
}

#[test]
fn ten_thousand_folders_in_each_other_are_walked() {
    let place = Place::new();
    let mut dir = Dir::open_ambient_dir(place.path(), ambient_authority()).unwrap();
    for depth in 0..10_000 {
        dir.create_dir("d").unwrap();
        // Some folders get a sibling, so that the tree is not a single line.
        if depth % 50 == 0 {
            dir.create_dir("e").unwrap();
        }
        dir = dir.open_dir("d").unwrap();
    }
    dir.write("file", "end").unwrap();
    drop(dir);
    let folder = place.folder();
    let began = Instant::now();
    let deepest = walked(&folder, "");
    println!("10,000 deep: {:?}", began.elapsed());
    assert_eq!(deepest, [format!("{}file 3", "d/".repeat(10_000))]);
    let file = path(&format!("{}file", "d/".repeat(10_000)));
    assert_eq!(place.folder().read(&file).unwrap().text(), Ok("end"));
    // The library's way to remove a folder keeps each one open.
    assert!(Command::new("rm").arg("-rf").arg(place.at("d")).status().unwrap().success());
}

#[test]
fn a_commit_that_names_billions_of_files_is_refused() {
    let place = Place::repository();
    let mut id = git_with(place.path(), &["hash-object", "-w", "--stdin"], b"x").trim().to_owned();
    for level in 0..12 {
        let kind = if level == 0 { "100644 blob" } else { "040000 tree" };
        let lines: Vec<_> = (0..10).map(|number| format!("{kind} {id}\t{number}")).collect();
        id = git_with(place.path(), &["mktree"], lines.join("\n").as_bytes()).trim().to_owned();
    }
    let commit = place.git(&["commit-tree", "-m", "a bomb", &id]);
    let snapshot = place.at_commit(commit.trim());
    let few = SkipRules { most_items: 20_000, ..SkipRules::default() };
    let error = walk(&snapshot, &path(""), &few, &mut |_| {}).unwrap_err();
    assert!(matches!(error, WalkError::TooMuch { most_items: 20_000, .. }), "{error}");
}
