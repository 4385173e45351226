//! Files that are read through links.

use std::os::unix::fs::symlink;

use crate::place::Place;

const POD: &str =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers: []\n";

/// A file that is read under two names is judged once, and findings name the file instead of the link.
#[test]
fn findings_stand_where_the_file_is() {
    let place = Place::with(&[
        ("real/pod.yaml", POD),
        // No parser claims it by its own name.
        ("real/pod.txt", &POD.replace("name: a", "name: b")),
        ("main.tf", "module \"m\" {\n  source = \"./linked\"\n}\n"),
        ("module/a.tf", "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = \"logs\"\n}\n"),
    ]);
    symlink("real/pod.yaml", place.path("link.yaml")).unwrap();
    symlink("real/pod.txt", place.path("other.yaml")).unwrap();
    symlink("module", place.path("linked")).unwrap();
    let controls = ["--control", "kubernetes-host-network", "--control", "aws-s3-bucket-versioning-disabled"];
    let arguments = [&["scan", "--format", "json"][..], &controls].concat();
    let expected = [
        "aws_s3_bucket.logs module/a.tf:1",
        "module.m.aws_s3_bucket.logs module/a.tf:1",
        "Pod/b real/pod.txt:5",
        "Pod/a real/pod.yaml:5",
    ];
    let found = |arguments: &[&str]| -> Vec<String> {
        let report = place.run(arguments).ends(1).json();
        let line = |it: &serde_json::Value| {
            let (path, line) = (&it["location"]["path"], &it["location"]["start"]["line"]);
            format!("{} {}:{line}", it["resource"]["address"].as_str().unwrap(), path.as_str().unwrap())
        };
        report["results"].as_array().unwrap().iter().map(line).collect()
    };
    assert_eq!(found(&arguments), expected);
    place.commit();
    assert_eq!(found(&[&arguments[..], &["--rev", "HEAD"]].concat()), expected, "in a commit as in a folder");
}
