//! One small tree, and everything that is reported about it.

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{CLEAN, KUSTOMIZATION, POD, Place, stable};

/// A tree with files that are scanned, broken, unsupported and not ours.
fn tree() -> Place {
    Place::with(&[
        ("apps/deployment.yaml", include_str!("deployment.yaml")),
        ("apps/kustomization.yaml", KUSTOMIZATION),
        ("apps/readme.md", "# Apps\n"),
        ("broken.yaml", &format!("{CLEAN}---\napiVersion: v1\nkind: [\n---\n{POD}")),
        ("node_modules/left/pod.yaml", POD),
        ("palisade.toml", "exclude = [\"old/**\"]\n"),
        ("old/pod.yaml", POD),
        ("twice.yaml", &format!("{CLEAN}kind: ConfigMap\n")),
    ])
}

/// Few enough controls to read the report.
const FEW: [&str; 9] = [
    "scan",
    "--now",
    "2026-01-31",
    "--severity",
    "medium",
    "--control",
    "*privileged*",
    "--control",
    "*image-tag*",
];

#[test]
fn the_whole_report() {
    let report = tree().run(&FEW).ends(3).out;
    assert!(report.ends_with("}\n"));
    assert_snapshot!("json", stable(&report));
}

#[test]
fn the_whole_table() {
    let place = tree();
    let table = [&FEW[..], &["--format", "table"]].concat();
    assert_snapshot!("table", place.run(&table).ends(3).out);
    let coloured = place.run(&[&table[..], &["--color", "always"]].concat()).ends(3).out;
    assert_snapshot!("table_in_colours", coloured.replace('\u{1b}', "␛"));
    // The output without its colours is the same.
    assert_eq!(without_colours(&coloured), place.run(&table).out);
    let compact = [&FEW[..], &["--format", "compact"]].concat();
    assert_snapshot!("compact", place.run(&compact).ends(3).out);
}

/// The tree contains a password; no report for people shows it.
#[test]
fn no_report_shows_a_secret() {
    let pod = POD.replace(
        "      securityContext:",
        "      env: [{name: DB_PASSWORD, value: hunter2-hunter2}]\n      securityContext:",
    );
    let place = Place::with(&[("pod.yaml", &pod)]);
    for format in ["table", "compact", "markdown", "github"] {
        let report = place.run(&["scan", "--format", format]).ends(1).out;
        assert!(report.contains("kubernetes-secret-in-environment"), "{format}: {report}");
        assert!(!report.contains("hunter2"), "{format}: {report}");
    }
}

fn without_colours(text: &str) -> String {
    let (first, rest) = text.split_once('\u{1b}').unwrap_or((text, ""));
    let rest = rest.split('\u{1b}').filter_map(|it| it.split_once('m')).map(|(_, rest)| rest);
    first.to_owned() + &rest.collect::<String>()
}

/// The keys of the object at a path, in the order of the report.
fn keys(value: &Value, pointer: &str) -> String {
    let object = value.pointer(pointer).and_then(Value::as_object);
    object.unwrap_or_else(|| panic!("no object at {pointer}")).keys().cloned().collect::<Vec<_>>().join(" ")
}

#[test]
fn keys_stand_in_the_promised_order() {
    let place = tree();
    let report = place.run(&FEW).json();
    for (pointer, promised) in [
        ("", "schema tool target summary complete results coverage diagnostics plugin_errors digest"),
        ("/tool", "name version"),
        ("/target", "path rev base date"),
        ("/summary", "files not_judged resources uncovered outcomes failed_by_severity"),
        ("/summary/files", "seen scanned partial unsupported ignored failed"),
        ("/summary/outcomes", "failed passed unknown suppressed"),
        ("/summary/failed_by_severity", "critical high medium low"),
        (
            "/results/0",
            "control aliases title severity status new resource location cause environments fingerprint message \
             remediation change_impact fix policies suppression",
        ),
        ("/results/0/resource", "address kind provider format instance location content"),
        ("/results/0/location", "path start end"),
        ("/results/0/location/start", "line column"),
        ("/coverage/0", "path status plugin reason location was new"),
        ("/diagnostics/0", "path location level code message"),
    ] {
        assert_eq!(keys(&report, pointer), promised, "{pointer}");
    }
    let parsed = place.run(&["parse"]).ends(3).json();
    for (pointer, promised) in [
        ("", "schema resources coverage diagnostics"),
        ("/resources/0", "address kind provider format environment location config"),
        ("/coverage/0", "path status plugin reason location was new"),
    ] {
        assert_eq!(keys(&parsed, pointer), promised, "{pointer}");
    }
    assert_eq!(
        (&report["schema"], &parsed["schema"]),
        (&"palisade/report/v1".into(), &"palisade/resources/v1".into())
    );
}

#[test]
fn lists_are_sorted_and_sums_are_right() {
    let place = tree();
    let report = place.run(&["scan", "--include-passed"]).ends(3).json();
    let list = |name: &str| report[name].as_array().unwrap().clone();
    let results: Vec<_> = list("results").iter().map(place_of).collect();
    assert!(results.is_sorted(), "{results:?}");
    let coverage: Vec<String> =
        list("coverage").iter().map(|it| it["path"].as_str().unwrap().to_owned()).collect();
    assert!(coverage.is_sorted_by(|one, other| one < other), "each once: {coverage:?}");

    let count =
        |name: &str, key: &str, value: &str| list(name).iter().filter(|it| it[key] == value).count() as u64;
    let sum = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).unwrap();
    for status in ["scanned", "partial", "unsupported", "ignored", "failed"] {
        assert_eq!(sum(&format!("/summary/files/{status}")), count("coverage", "status", status), "{status}");
    }
    assert_eq!(sum("/summary/files/seen"), coverage.len() as u64);
    for status in ["failed", "passed", "unknown"] {
        assert_eq!(
            sum(&format!("/summary/outcomes/{status}")),
            count("results", "status", status),
            "{status}"
        );
    }
    let failed = list("results").into_iter().filter(|it| it["status"] == "failed");
    let failed: Vec<Value> = failed.collect();
    for severity in ["critical", "high", "medium", "low"] {
        let count = failed.iter().filter(|it| it["severity"] == severity).count() as u64;
        assert_eq!(sum(&format!("/summary/failed_by_severity/{severity}")), count, "{severity}");
    }
    let mut identities: Vec<&str> = failed.iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    let all = identities.len();
    identities.sort_unstable();
    identities.dedup();
    assert_eq!(identities.len(), all, "every violation has an identity of its own");
}

/// Path, line and column.
fn place_of(finding: &Value) -> (String, u64, u64) {
    let at = |pointer: &str| finding.pointer(pointer).cloned().unwrap_or_default();
    let number = |pointer: &str| at(pointer).as_u64().unwrap();
    (
        at("/location/path").as_str().unwrap().to_owned(),
        number("/location/start/line"),
        number("/location/start/column"),
    )
}

#[test]
fn an_identity_survives_an_edit() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let identities = || {
        let report = place.run(&["scan"]).ends(1).json();
        let results = report["results"].as_array().unwrap().iter();
        let mut all: Vec<(String, String)> =
            results.map(|it| (it["control"].to_string(), it["fingerprint"].to_string())).collect();
        all.sort();
        all
    };
    let before = identities();
    for (what, text) in [
        ("lines above", format!("# A remark.\n\n{POD}")),
        ("another manifest above", format!("{CLEAN}---\n{POD}")),
        ("another image", POD.replace("nginx:latest", "redis:latest")),
        ("flow style", POD.replace("        privileged: true\n", "        {privileged: true}\n")),
        ("Windows", POD.replace('\n', "\r\n")),
    ] {
        place.write("pod.yaml", text);
        assert_eq!(identities(), before, "{what}");
    }
}

#[test]
fn an_empty_tree_has_a_report_too() {
    let place = Place::new();
    let arguments = ["scan", "--now", "2026-01-31"];
    assert_snapshot!("empty_json", stable(&place.run(&arguments).ends_silently(0).out));
    let table = place.run(&[&arguments[..], &["--format", "table"]].concat()).ends_silently(0).out;
    assert_snapshot!("empty_table", table);
}

#[test]
fn the_date_is_the_one_that_was_asked_for() {
    let place = Place::new();
    assert_eq!(place.run(&["scan", "--now", "2031-02-03"]).json()["target"]["date"], "2031-02-03");
    let today = place.run(&["scan"]).json()["target"]["date"].as_str().unwrap().to_owned();
    assert_eq!(today.split('-').map(str::len).collect::<Vec<_>>(), [4, 2, 2], "{today}");
}
