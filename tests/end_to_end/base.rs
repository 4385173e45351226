//! What is new against a base commit or a saved report, through the program.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{POD, Place};

fn volume(name: &str, size: u32) -> String {
    format!("resource \"aws_ebs_volume\" \"{name}\" {{\n  size      = {size}\n  encrypted = false\n}}\n")
}

/// Each violation with its file, and whether it is new.
fn shown(report: &Value) -> String {
    let mut lines: Vec<String> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["status"] == "failed")
        .map(|it| {
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            let mark = if it["new"] == true { "new" } else { "old" };
            let path = text(&it["resource"]["location"]["path"]);
            let environments: Vec<String> = it["environments"].as_array().unwrap().iter().map(text).collect();
            format!("{mark} {} in {path} {}", text(&it["resource"]["address"]), environments.join(","))
                .trim_end()
                .to_owned()
        })
        .collect();
    lines.sort();
    lines.join("; ")
}

/// Changes to a tree of `a.tf` (one, two) and `b.tf` (three), and what is new then.
#[test]
fn edits_and_what_is_new_after_them() {
    type Edit = fn(&Place);
    let edits: &[(&str, Edit)] = &[
        ("nothing", |_| {}),
        ("lines above", |place| {
            place.write("a.tf", format!("# one\n\n# two\n{}", place.read("a.tf")));
        }),
        ("reindented", |place| place.write("a.tf", place.read("a.tf").replace("  ", "\t\t"))),
        ("attributes in another order", |place| {
            place.write(
                "b.tf",
                "resource \"aws_ebs_volume\" \"three\" {\n  encrypted = false\n  size = 3\n}\n",
            );
        }),
        ("resources in another order", |place| {
            place.write("a.tf", format!("{}{}", volume("two", 2), volume("one", 1)));
        }),
        ("file renamed", |place| rename(place, "a.tf", "renamed.tf")),
        ("file renamed, and one resource edited", |place| {
            rename(place, "a.tf", "renamed.tf");
            place.write("renamed.tf", place.read("renamed.tf").replace("size      = 2", "size      = 20"));
        }),
        ("resource moved to another file", |place| {
            place.write("a.tf", volume("two", 2));
            place.write("b.tf", format!("{}{}", volume("three", 3), volume("one", 1)));
        }),
        ("resource renamed", |place| place.write("b.tf", volume("trois", 3))),
        ("resource moved into a module", |place| {
            place.write("b.tf", "module \"m\" {\n  source = \"./m\"\n}\n");
            place.write("m/main.tf", volume("three", 3));
        }),
        ("resource edited in place", |place| place.write("b.tf", volume("three", 33))),
        ("resource copied under another name", |place| {
            place.write("b.tf", format!("{}{}", volume("three", 3), volume("copy", 3)));
        }),
        ("file copied to another configuration", |place| {
            place.write("other/a.tf", place.read("a.tf"));
        }),
        ("resource deleted", |place| place.write("a.tf", volume("one", 1))),
        ("resource mended", |place| place.write("b.tf", place.read("b.tf").replace("false", "true"))),
        ("resource added", |place| place.write("c.tf", volume("four", 4))),
        ("mended, and another of its name elsewhere", |place| {
            place.write("b.tf", place.read("b.tf").replace("false", "true"));
            place.write("other/c.tf", volume("three", 34));
        }),
    ];
    let mut table = String::new();
    for (what, edit) in edits {
        let place = Place::with(&[
            ("a.tf", &format!("{}{}", volume("one", 1), volume("two", 2))),
            ("b.tf", &volume("three", 3)),
        ]);
        place.commit();
        let scan =
            ["scan", "--control", "aws-ebs-volume-unencrypted", "--fail-on", "none", "--format", "json"];
        let saved = place.run(&scan).ends(0);
        std::fs::create_dir_all(place.home()).unwrap();
        let file = place.home().join("saved.json");
        std::fs::write(&file, &saved.out).unwrap();
        edit(&place);
        let change = [&scan[..], &["--base", "HEAD"]].concat();
        let counted = place.run(&change).ends(0).json();
        let listed = place.run(&[&change[..], &["--include-unchanged"]].concat()).ends(0).json();
        let by_commit = shown(&listed);
        let by_report =
            shown(&place.run(&[&scan[..], &["--baseline", file.to_str().unwrap()]].concat()).ends(0).json());
        assert_eq!(by_commit, by_report, "{what}: a commit and a saved report give the same");
        let new =
            |text: &str| text.split("; ").filter(|it| it.starts_with("new")).collect::<Vec<_>>().join("; ");
        assert_eq!(new(&shown(&counted)), new(&by_commit), "{what}: what is counted is not new");
        assert_eq!(counted["summary"]["outcomes"], listed["summary"]["outcomes"], "{what}");
        writeln!(table, "{what}\n  {}", by_commit.replace("; ", "\n  ")).unwrap();
    }
    assert_snapshot!("edits", table);
}

fn rename(place: &Place, from: &str, to: &str) {
    std::fs::rename(place.path(from), place.path(to)).unwrap();
}

#[test]
fn only_what_is_new_fails() {
    let place = Place::with(&[("pod.yaml", POD)]);
    place.commit();
    place.run(&["scan"]).ends(1);
    place.run(&["scan", "--base", "HEAD"]).ends(0);
    place.write("other.yaml", POD.replace("name: ", "name: other-"));
    place.run(&["scan", "--base", "HEAD"]).ends(1);
}

#[test]
fn the_base_is_where_the_change_began() {
    let place = Place::with(&[("a.tf", &volume("one", 1))]);
    place.commit();
    place.git(&["branch", "feature"]);
    // The main branch fixes the violation. The feature branch still has it, and did not introduce it.
    place.write("a.tf", volume("one", 1).replace("false", "true"));
    place.commit();
    let main = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let scan = ["scan", "--rev", "feature", "--base", &main, "--control", "aws-ebs*", "--format", "json"];
    let report = place.run(&[&scan[..], &["--include-unchanged"]].concat()).ends(0).json();
    assert_eq!(shown(&report), "old aws_ebs_volume.one in a.tf");
    assert_eq!(report["target"]["base"], place.git(&["rev-parse", "feature"]).trim());
}

#[test]
fn an_environment_that_is_added_to_a_finding_makes_it_new() {
    let main = "variable \"encrypted\" {\n  type = bool\n}\nresource \"aws_ebs_volume\" \"one\" {\n  encrypted = var.encrypted\n}\n";
    let place = Place::with(&[
        ("main.tf", main),
        ("dev.tfvars", "encrypted = false\n"),
        ("prod.tfvars", "encrypted = true\n"),
    ]);
    place.commit();
    place.write("prod.tfvars", "encrypted = false\n");
    let scan = |more: &[&str]| {
        let mut all =
            vec!["scan", "--control", "aws-ebs*", "--fail-on", "none", "--format", "json", "--base", "HEAD"];
        all.extend(more);
        shown(&place.run(&all).ends(0).json())
    };
    assert_eq!(scan(&["--env", "dev=dev.tfvars"]), "old aws_ebs_volume.one in main.tf dev");
    let both = ["--env", "dev=dev.tfvars", "--env", "prod=prod.tfvars"];
    assert_eq!(scan(&both), "new aws_ebs_volume.one in main.tf dev,prod");
    // An environment that the base does not have yet.
    place.write("qa.tfvars", "encrypted = false\n");
    assert_eq!(scan(&["--env", "qa=qa.tfvars"]), "new aws_ebs_volume.one in main.tf qa");
}

#[test]
fn what_cannot_be_compared_with_is_named() {
    let place = Place::with(&[
        ("a.tf", &volume("one", 1)),
        ("bad.json", "{}"),
        ("old.json", "{\"schema\": \"palisade/report/v0\"}"),
    ]);
    place.run(&["scan", "--base", "HEAD"]).ends(2).reports(&["is not in a Git repository", "--baseline"]);
    place.run(&["scan", "--baseline", "absent.json"]).ends(2).reports(&["cannot read `absent.json`"]);
    place.run(&["scan", "--baseline", "bad.json"]).ends(2).reports(&["bad.json", "expected a report"]);
    place
        .run(&["scan", "--baseline", "old.json"])
        .ends(2)
        .reports(&["palisade/report/v0", "palisade/report/v1"]);
    place
        .run(&["scan", "--baseline", "bad.json", "--base", "HEAD"])
        .ends(2)
        .reports(&["cannot be used with"]);
    place.commit();
    place.run(&["scan", "--base", "nowhere"]).ends(2).reports(&["unknown revision `nowhere`"]);
    // A folder that the base does not have is new as a whole.
    place.write("new/b.tf", volume("two", 2));
    let report = place
        .run(&[
            "scan",
            "new",
            "--base",
            "HEAD",
            "--fail-on",
            "low",
            "--control",
            "aws-ebs*",
            "--format",
            "json",
        ])
        .ends(1)
        .json();
    assert_eq!(shown(&report), "new aws_ebs_volume.two in new/b.tf");
}
