//! Accepted violations through the program: every dialect in every format, which of them count, and the messages about
//! the suppressions themselves.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::Place;

/// Two violations of one control; the first is in a resource of many lines.
const HCL: &str = r#"#FILE
#ABOVE
resource "aws_ebs_volume" "one" { #BESIDE
  #INSIDE
  size      = 1
  #VALUE
  encrypted = false #AT
}
resource "aws_ebs_volume" "two" {
  encrypted = false
}
"#;

/// The same for Kubernetes: containers of one pod, and another pod.
const YAML: &str = r"#FILE
#ABOVE
apiVersion: v1 #BESIDE
kind: Pod
metadata:
  name: one
  annotations:
    team: a
    #ANNOTATION
spec:
  containers:
    #VALUE
    - name: a
      image: a:1
      securityContext:
        privileged: true #AT
---
apiVersion: v1
kind: Pod
metadata:
  name: two
spec:
  containers:
    - name: a
      image: a:1
      securityContext:
        privileged: true
";

/// JSON has no comments: `//` where Terraform reads it, an annotation where Kubernetes does.
const TF_JSON: &str = r#"{"resource": {"aws_ebs_volume": {
  "one": {
    "//": "INSIDE",
    "encrypted": false
  },
  "two": {
    "encrypted": false
  }
}}}
"#;

const K8S_JSON: &str = r#"{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "Pod",
   "metadata": {"name": "one", "annotations": {"ANNOTATION": "x"}},
   "spec": {"containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": true}}]}},
  {"apiVersion": "v1", "kind": "Pod",
   "metadata": {"name": "two"},
   "spec": {"containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": true}}]}}
]}
"#;

/// The text with a comment at `#PLACE`, without the other placeholders.
fn written(format: &str, place: &str, words: &str) -> (&'static str, String) {
    let (file, text) = match format {
        "hcl" => ("main.tf", HCL),
        "yaml" => ("pods.yaml", YAML),
        "tf.json" => ("main.tf.json", TF_JSON),
        _ => ("pods.json", K8S_JSON),
    };
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        let comment = if place == "ANNOTATION" { words.to_owned() } else { format!("# {words}") };
        line = line.replace(&format!("#{place}"), &comment);
        if format.ends_with("json") {
            let escaped = words.replace('"', "\\\"");
            line = match place {
                "ANNOTATION" => line.replace("\"ANNOTATION\": \"x\"", &escaped.replace("\\\"", "\"")),
                _ => line.replace("INSIDE", &escaped),
            };
        }
        for other in ["FILE", "ABOVE", "BESIDE", "INSIDE", "VALUE", "AT", "ANNOTATION"] {
            if line.trim() == format!("#{other}") {
                line.clear();
            }
            line = line.replace(&format!(" #{other}"), "");
        }
        if !line.is_empty() {
            writeln!(out, "{line}").unwrap();
        }
    }
    (file, out)
}

/// The outcomes of the two violations, and the messages about suppressions.
fn shown(report: &Value) -> String {
    let mut parts = Vec::new();
    for it in report["results"].as_array().unwrap() {
        let suppression = &it["suppression"];
        let mut part = it["status"].as_str().unwrap().to_owned();
        if !suppression.is_null() {
            write!(
                part,
                " ({} by {} at line {}: {}{})",
                suppression["state"].as_str().unwrap(),
                suppression["by"].as_str().unwrap(),
                suppression["line"],
                suppression["reason"],
                suppression["expires"].as_str().map_or_else(String::new, |day| format!(" until {day}"))
            )
            .unwrap();
        }
        parts.push(part);
    }
    for it in report["diagnostics"].as_array().unwrap() {
        let code = it["code"].as_str().unwrap();
        if code.starts_with("suppression") {
            parts.push(format!("! {code} {}", it["level"].as_str().unwrap()));
        }
    }
    parts.join("; ")
}

#[test]
fn every_dialect_in_every_format() {
    let hcl = ["aws-ebs-volume-unencrypted", "CKV_AWS_3", "AVD-AWS-0026"];
    let yaml = ["kubernetes-privileged-container", "CKV_K8S_16", "AVD-KSV-0017"];
    let mut table = String::new();
    for (format, [own, checkov, trivy]) in
        [("hcl", hcl), ("yaml", yaml), ("tf.json", hcl), ("k8s.json", yaml)]
    {
        let cases: Vec<(&str, String)> = match format {
            "hcl" | "yaml" => {
                let mut cases = vec![
                    ("ABOVE", format!("palisade:ignore {own} a reason")),
                    ("BESIDE", format!("palisade:ignore {own} a reason")),
                    ("VALUE", format!("palisade:ignore {own} until=2026-12-31 a reason")),
                    ("AT", format!("palisade:ignore {own},other-one a reason")),
                    ("VALUE", format!("palisade:ignore {checkov} by its alias")),
                    ("VALUE", format!("palisade:ignore {own} until=2026-01-01 too old")),
                    ("VALUE", format!("palisade:ignore {own} until=someday")),
                    ("VALUE", "palisade:ignore".to_owned()),
                    ("VALUE", "palisade:ignore no-such-control".to_owned()),
                    ("VALUE", format!("checkov:skip={checkov}:a reason")),
                    ("VALUE", format!("bridgecrew:skip={checkov}:the former name")),
                    ("ABOVE", format!("checkov:skip={checkov}:outside of it")),
                    ("VALUE", "checkov:skip=CKV_AWS_99999".to_owned()),
                    ("ABOVE", format!("trivy:ignore:{trivy}")),
                    ("VALUE", format!("trivy:ignore:{trivy}:exp:2027-01-01")),
                    ("VALUE", format!("trivy:ignore:{trivy}:exp:2026-06-15")),
                    ("AT", format!("tfsec:ignore:{trivy}")),
                    ("ABOVE", "kics-scan ignore-block".to_owned()),
                    ("VALUE", "kics-scan ignore-line".to_owned()),
                    ("ABOVE", "kics-scan ignore-line".to_owned()),
                    ("FILE", "kics-scan ignore".to_owned()),
                    ("VALUE", "kics-scan ignore".to_owned()),
                    ("FILE", format!("kics-scan disable={own}")),
                ];
                if format == "hcl" {
                    cases.push(("INSIDE", format!("palisade:ignore {own} a reason")));
                    cases.push(("INSIDE", format!("checkov:skip={checkov}:a reason")));
                } else {
                    cases.push(("ANNOTATION", format!("palisade.dev/ignore: {own} a reason")));
                    cases
                        .push(("ANNOTATION", format!("palisade.dev/ignore: {own} until=2026-01-01 too old")));
                    cases.push(("ANNOTATION", format!("checkov.io/skip1: {checkov}=a reason")));
                }
                cases
            }
            "tf.json" => vec![
                ("INSIDE", format!("palisade:ignore {own} a reason")),
                ("INSIDE", format!("checkov:skip={checkov}:a reason")),
                ("INSIDE", "nothing".to_owned()),
            ],
            _ => vec![
                ("ANNOTATION", format!("\"palisade.dev/ignore\": \"{own} a reason\"")),
                ("ANNOTATION", format!("\"checkov.io/skip1\": \"{checkov}=a reason\"")),
            ],
        };
        for (at, words) in cases {
            let (file, text) = written(format, at, &words);
            let place = Place::with(&[(file, &text)]);
            let scan =
                ["scan", "--fail-on", "none", "--now", "2026-06-15", "--control", own, "--format", "json"];
            let report = place.run(&scan).ends(0).json();
            writeln!(table, "{format:8} {at:10} {words}\n         → {}", shown(&report)).unwrap();
        }
    }
    assert_snapshot!("dialects", table);
}

#[test]
fn what_is_accepted_is_counted_and_does_not_fail() {
    let (file, text) = written("hcl", "VALUE", "palisade:ignore aws-ebs-volume-unencrypted a reason");
    let text = text.replace("\"two\" {\n  encrypted = false", "\"two\" {\n  encrypted = true");
    let place = Place::with(&[(file, &text)]);
    let scan = ["scan", "--fail-on", "low", "--control", "aws-ebs-volume-unencrypted", "--format", "json"];
    let report = place.run(&scan).ends(0).json();
    let outcomes = &report["summary"]["outcomes"];
    assert_eq!(
        (&outcomes["failed"], &outcomes["passed"], &outcomes["suppressed"]),
        (&0.into(), &1.into(), &1.into())
    );
    // Suppressions of controls whose pack is not used are not reported.
    let report = place.run(&["scan", "--pack", "kubernetes-controls", "--format", "json"]).ends(0).json();
    assert_eq!(shown(&report), "");
}

#[test]
fn what_a_change_adds_is_pending_until_the_base_has_it() {
    let (file, plain) = written("hcl", "VALUE", "nothing");
    let (_, accepted) = written("hcl", "VALUE", "palisade:ignore aws-ebs-volume-unencrypted a reason");
    let place = Place::with(&[(file, &plain)]);
    place.commit();
    let base = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    place.write(file, &accepted);
    let control = "aws-ebs-volume-unencrypted";
    let scan = ["scan", "--control", control, "--fail-on", "low", "--format", "json", "--base", &base];
    // It failed before and still fails: the suppression has no effect yet, and the rest is not new.
    let report = place.run(&scan).ends(0).json();
    assert!(shown(&report).starts_with("failed (pending by comment at line "), "{}", shown(&report));
    let allowed = [&scan[..], &["--allow-new-suppressions"]].concat();
    assert!(shown(&place.run(&allowed).ends(0).json()).starts_with("suppressed (accepted"));
    // Once the base has it, it counts.
    place.commit();
    let base = place.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let scan = ["scan", "--control", control, "--fail-on", "low", "--format", "json", "--base", &base];
    let scan = [&scan[..], &["--include-unchanged"]].concat();
    assert!(shown(&place.run(&scan).ends(0).json()).starts_with("suppressed (accepted"));
    // Removing it brings the violation back, as a new one.
    place.write(file, &plain);
    let report = place.run(&scan).ends(1).json();
    assert_eq!(report["results"][0]["new"], true);
    // A new violation that comes with its own suppression fails as well.
    place.write(
        "more.tf",
        "# palisade:ignore aws-ebs-volume-unencrypted mine\nresource \"aws_ebs_volume\" \"more\" {\n  encrypted = false\n}\n",
    );
    place.write(file, &accepted);
    place.run(&scan).ends(1);
}

const OPEN: &str = "resource \"aws_ebs_volume\" \"v\" {\n  encrypted = false\n}\n";
const NOTE: &str = "# palisade:ignore aws-ebs-volume-unencrypted known\n";

/// Whether the one violation of these files is accepted.
fn is_accepted(files: &[(&str, &str)]) {
    let place = Place::with(files);
    let scan = ["scan", "--fail-on", "low", "--control", "aws-ebs-volume-unencrypted", "--format", "json"];
    place.run(&scan).ends_silently(0);
}

#[test]
fn a_note_at_a_module_call_covers_what_is_behind_it() {
    let call = |inside: &str, source: &str| format!("module \"m\" {{\n{inside}  source = \"{source}\"\n}}\n");
    is_accepted(&[("main.tf", &format!("{NOTE}{}", call("", "./m"))), ("m/main.tf", OPEN)]);
    is_accepted(&[
        ("main.tf", &call("  # checkov:skip=CKV_AWS_3:known\n", "./m")),
        ("m/main.tf", &call("", "./n")),
        ("m/n/main.tf", OPEN),
    ]);
}

#[test]
fn a_note_of_the_configuration_covers_the_plan_beside_it() {
    let plan = "{\"format_version\": \"1.2\", \"planned_values\": {\"root_module\": {\"resources\": [{\
        \"address\": \"aws_ebs_volume.v\", \"mode\": \"managed\", \"type\": \"aws_ebs_volume\", \"name\": \"v\", \
        \"values\": {\"encrypted\": false}}]}}}";
    is_accepted(&[("main.tf", &format!("{NOTE}{OPEN}")), ("plan.json", plan)]);
    let inside = OPEN.replace("encrypted", "# checkov:skip=CKV_AWS_3:known\n  encrypted");
    is_accepted(&[("main.tf", &inside), ("plan.json", plan)]);
}

#[test]
fn a_command_of_kics_for_a_file_may_stand_below_its_header() {
    is_accepted(&[("main.tf", &format!("# Copyright\n\n# kics-scan ignore\n{OPEN}"))]);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n    image: a\n    \
               securityContext:\n      privileged: true\n";
    let place = Place::with(&[("pod.yaml", &*format!("# Ours\n---\n# kics-scan ignore\n{pod}"))]);
    place.run(&["scan", "--format", "json"]).ends_silently(0);
}

#[test]
fn a_suppression_that_is_carried_elsewhere_is_pending_again() {
    let note = format!("{NOTE}{OPEN}");
    let place = Place::with(&[("a.tf", &*note)]);
    place.commit();
    let scan = ["scan", "--base", "HEAD", "--fail-on", "low", "--control", "aws-ebs-volume-unencrypted"];
    let ends = |file: &str, text: &str, status: i32| {
        std::fs::remove_file(place.path("a.tf")).unwrap();
        place.write(file, text);
        place.run(&[&scan[..], &["--format", "json"]].concat()).ends(status);
        std::fs::remove_file(place.path(file)).unwrap();
        place.write("a.tf", &note);
    };
    ends("b.tf", &note, 0);
    ends("a.tf", &note.replace("\"v\"", "\"w\""), 0);
    ends("b.tf", &note.replace("\"v\"", "\"w\""), 1);
}
