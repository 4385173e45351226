//! The report as SARIF.

use std::collections::HashSet;
use std::io::Write as _;

use cargo_metadata::MetadataCommand;
use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use jsonschema::Validator;
use palisade_domain::{Cause, Edit, Report};
use palisade_report::{SarifFor, sarif};
use serde_json::{Value, json};

use crate::sample;

const BOTH: [SarifFor; 2] = [SarifFor::Archive, SarifFor::CodeScanning];

fn run(report: &Report, reader: SarifFor) -> Value {
    let mut value: Value = serde_json::from_str(&sarif(report, reader)).unwrap();
    value["runs"][0].take()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap()
}

#[test]
fn for_the_archive() {
    assert_snapshot!(sarif(&sample::compared(), SarifFor::Archive));
}

#[test]
fn for_code_scanning() {
    assert_snapshot!(sarif(&sample::compared(), SarifFor::CodeScanning));
}

#[test]
fn nothing_to_tell() {
    assert_snapshot!(sarif(&sample::empty(), SarifFor::CodeScanning));
}

/// The official schema, from a crate that is fetched with the others and never compiled.
fn official() -> Option<Validator> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = |options: &[&str]| {
        let options: Vec<String> = options.iter().map(|it| (*it).to_owned()).collect();
        MetadataCommand::new().manifest_path(manifest).other_options(options).exec()
    };
    let metadata = metadata(&["--offline", "--locked"]).or_else(|_| metadata(&["--locked"])).ok()?;
    let carrier = metadata.packages.iter().find(|it| it.name.as_str() == "serde-sarif")?;
    let text = std::fs::read_to_string(carrier.manifest_path.parent()?.join("src/schema.json")).ok()?;
    // One of its patterns has one bracket too many.
    let mut schema: Value = serde_json::from_str(&text.replace("{2}]?$", "{2}$")).unwrap();
    // Its id is a URL, which must not be fetched.
    schema.as_object_mut().unwrap().remove("$id");
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

#[test]
fn it_is_of_the_official_form() {
    let Some(schema) = official() else {
        let required = std::env::var_os("PALISADE_REQUIRE_CORPORA").is_some_and(|it| !it.is_empty());
        assert!(!required, "PALISADE_REQUIRE_CORPORA is set, and the crate with the schema could not be had");
        println!("SKIPPED: the crate with the schema of SARIF could not be had");
        return;
    };
    let texts = ["\0\u{1b}[2J\u{202e}\"\\", "", "//host/a:b?c#d%zz", "[a](b) {0}", "file:///etc/passwd"];
    let mut reports: Vec<Report> = texts.map(sample::hostile_compared).into();
    reports.extend([sample::report(), sample::compared(), sample::empty(), sample::many(100)]);
    for report in reports {
        for reader in BOTH {
            let value: Value = serde_json::from_str(&sarif(&report, reader)).unwrap();
            let errors: Vec<String> =
                schema.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
            assert_eq!(errors, Vec::<String>::new());
        }
    }
}

/// Rules that the schema cannot express: each result's rule is the one at its index, and GitHub's required fields are
/// present.
#[test]
fn results_and_rules_fit_together() {
    for report in [sample::compared(), sample::many(500)] {
        for reader in BOTH {
            let run = run(&report, reader);
            let rules = list(&run["tool"]["driver"], "rules");
            assert!(rules.is_sorted_by_key(|it| it["id"].as_str().unwrap()));
            for rule in rules {
                for name in ["shortDescription", "fullDescription", "help"] {
                    assert!(!rule[name]["text"].as_str().unwrap().is_empty());
                }
                let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
                assert!(score > 0.0 && score <= 10.0);
                assert!(list(&rule["properties"], "tags").contains(&Value::from("security")));
            }
            for result in list(&run, "results") {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(rules[index]["id"], result["ruleId"]);
                assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
                let place = &result["locations"][0]["physicalLocation"];
                for name in ["startLine", "startColumn", "endLine", "endColumn"] {
                    assert!(place["region"][name].as_u64().unwrap() > 0);
                }
            }
        }
    }
}

#[test]
fn code_scanning_gets_violations_only() {
    let archive = run(&sample::compared(), SarifFor::Archive);
    assert_eq!(list(&archive, "results").len(), sample::compared().results.len());
    assert!(list(&archive, "results").iter().all(|it| it["suppressions"].is_array()));
    let scanning = run(&sample::compared(), SarifFor::CodeScanning);
    assert_eq!(list(&scanning, "results").len() as u64, sample::compared().summary.outcomes.failed);
    assert!(
        list(&scanning, "results").iter().all(|it| it["kind"] == "fail" && it.get("suppressions").is_none())
    );
}

#[test]
fn the_way_of_a_value_ends_where_it_decides() {
    let run = run(&sample::report(), SarifFor::CodeScanning);
    let caused = list(&run, "results").iter().find(|it| it.get("codeFlows").is_some()).unwrap();
    let steps = list(&caused["codeFlows"][0]["threadFlows"][0], "locations");
    assert_eq!(steps[0]["location"]["message"]["text"], "from here");
    assert_eq!(steps[1]["location"]["message"]["text"], "default of variable `net`");
    let last = &steps.last().unwrap()["location"]["physicalLocation"];
    assert_eq!(last, &caused["locations"][0]["physicalLocation"]);
}

/// Sections 3.55 to 3.57: the deleted region and the inserted text, in the columns of the run.
#[test]
fn a_fix_names_what_it_replaces() {
    for reader in BOTH {
        let mut report = sample::report();
        let fixed = |report: &Report| {
            let run = run(report, reader);
            let results = list(&run, "results").iter();
            results.filter_map(|it| it.get("fixes").cloned()).collect::<Vec<Value>>()
        };
        let place = |path: &str| json!({ "uri": path, "uriBaseId": "%SRCROOT%" });
        let replaced = |line: u32, text: &str| {
            let region = json!({
                "startLine": line, "startColumn": 5, "endLine": line, "endColumn": 9
            });
            json!({ "deletedRegion": region, "insertedContent": { "text": text } })
        };
        let fix = |changes: Value| {
            json!([{
                "description": { "text": "replace `true` with `false`" },
                "artifactChanges": changes,
                "properties": { "safe": true },
            }])
        };
        let change = |path: &str, replacements: Value| json!({ "artifactLocation": place(path), "replacements": replacements });
        let once = fix(json!([change("app/pod.yaml", json!([replaced(7, "false")]))]));
        assert_eq!(fixed(&report), [once]);

        // Several edits of a file are one change.
        let edits = &mut report.results[1].fix.as_mut().unwrap().edits;
        for (path, line, text) in [("app/pod.yaml", 9, "a\n\tb\n"), ("b.yaml", 1, "")] {
            let at = sample::at(path, line, 5);
            let edit = edits[0].clone();
            let (path, replacement) = (at.path, text.to_owned());
            edits.push(Edit { path, start: at.start, end: at.end, replacement, ..edit });
        }
        let of_pod = json!([replaced(7, "false"), replaced(9, "a\n\tb\n")]);
        let of_other = json!([replaced(1, "")]);
        let changes = json!([change("app/pod.yaml", of_pod), change("b.yaml", of_other)]);
        assert_eq!(fixed(&report), [fix(changes)]);

        // Fixes that would have to be escaped are left out.
        for text in ["\u{1b}[2J", "::error::x", "a\u{202e}", "##[error]x"] {
            report.results[1].fix.as_mut().unwrap().edits[0].replacement = text.to_owned();
            assert_eq!(fixed(&report), Vec::<Value>::new(), "{text:?}");
        }
    }
}

/// An untrusted path cannot name another host, and a message cannot contain a link.
#[test]
fn paths_stay_in_the_tree() {
    for (path, uri) in [
        ("a b/ü%.yaml", "a%20b/%C3%BC%25.yaml"),
        ("//host/x", "%2F/host/x"),
        ("/etc/passwd", "%2Fetc/passwd"),
        ("javascript:x", "javascript%3Ax"),
        ("a?b#c\\d", "a%3Fb%23c%5Cd"),
    ] {
        let run = run(&sample::hostile(path), SarifFor::CodeScanning);
        let place = &run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], uri);
        assert_eq!(place["uriBaseId"], "%SRCROOT%");
    }
    let mut report = sample::many(1);
    report.results[0].message = "[press](http://x) {0} ${y}".to_owned();
    let text = run(&report, SarifFor::Archive)["results"][0]["message"]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("[press] (http://x) {{0}} ${{y}} ("), "{text}");
}

fn packed(text: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap().len()
}

/// GitHub's limits: 25,000 results and rules, 20 tags per rule, 10,000 steps in the flows of a result, 10 MB packed.
#[test]
fn code_scanning_takes_a_tree_that_was_never_looked_at() {
    let report = sample::many(30_000);
    let began = std::time::Instant::now();
    let text = sarif(&report, SarifFor::CodeScanning);
    let took = began.elapsed().as_millis();
    let packed = packed(&text);
    println!("30,000 violations: {} bytes, {packed} packed, in {took} ms", text.len());
    assert!(packed < 10_000_000, "{packed}");
    let value: Value = serde_json::from_str(&text).unwrap();
    let run = &value["runs"][0];
    let results = list(run, "results");
    assert_eq!(results.len(), 25_000);
    let count = |level: &str| results.iter().filter(|it| it["level"] == level).count();
    assert_eq!([count("error"), count("warning"), count("note")], [15_000, 7_500, 2_500]);
    assert!(results[..7_500].iter().all(|it| it["properties"]["severity"] == "critical"));
    let notes = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        notes["message"]["text"],
        "5000 violations left out: code scanning takes no more results of one run"
    );
    let fingerprints: HashSet<&str> =
        results.iter().map(|it| it["partialFingerprints"]["palisade/v1"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), 25_000);
    let archive: Value = serde_json::from_str(&sarif(&report, SarifFor::Archive)).unwrap();
    assert_eq!(list(&archive["runs"][0], "results").len(), 30_000);
}

#[test]
fn one_finding_keeps_to_the_bounds_too() {
    let mut report = sample::many(1);
    let it = &mut report.results[0];
    it.policies = (0..100).map(|it| format!("framework/{it}")).collect();
    it.message = "x".repeat(100_000);
    it.title = "y".repeat(100_000).into();
    let at = sample::at("a.tf", 1, 1);
    let cause = Cause { path: at.path.clone(), start: at.start, end: at.end, note: "n".to_owned() };
    it.cause = vec![cause; 20_000];
    report.coverage = vec![sample::compared().coverage[2].clone(); 5_000];
    let run = run(&report, SarifFor::CodeScanning);
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(list(&rule["properties"], "tags").len(), 20);
    for name in ["shortDescription", "fullDescription"] {
        assert!(rule[name]["text"].as_str().unwrap().chars().count() <= 1024);
    }
    let result = &run["results"][0];
    assert!(result["message"]["text"].as_str().unwrap().chars().count() <= 1_000);
    assert_eq!(list(&result["codeFlows"][0]["threadFlows"][0], "locations").len(), 1_000);
    let notes = list(&run["invocations"][0], "toolExecutionNotifications");
    assert_eq!(notes.len(), 1_000);
    assert_eq!(notes[999]["message"]["text"], "4001 notifications left out");
}
