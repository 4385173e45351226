//! Command lines: what each prints, and its exit status.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{CLEAN, KUSTOMIZATION, POD, PRIVILEGED, Place};

/// Names of `PRIVILEGED` in other tools, one of each.
const ALIASES: [&str; 3] = ["CKV_K8S_16", "KSV-0017", "dd29336b-fe57-445b-a26e-e6aa867ae609"];

#[test]
fn help() {
    let place = Place::new();
    for command in [
        "",
        "scan",
        "parse",
        "controls",
        "plugin",
        "plugin list",
        "plugin inspect",
        "plugin check",
        "plugin install",
        "plugin remove",
        "plugin build",
        "config",
        "config show",
        "doctor",
        "completions",
        "man",
    ] {
        let arguments: Vec<&str> = command.split(' ').filter(|it| !it.is_empty()).chain(["--help"]).collect();
        let help = place.run(&arguments).ends_silently(0).out;
        let name = format!("help {command}").trim().replace(' ', "_");
        assert_snapshot!(name, help);
    }
    let version = place.run(&["--version"]).ends_silently(0).out;
    assert_eq!(version, format!("palisade {}\n", env!("CARGO_PKG_VERSION")));
}

/// A tree with a folder for each way that a scan can end.
fn ends() -> Place {
    Place::with(&[
        ("clean/settings.yaml", CLEAN),
        ("violated/pod.yaml", POD),
        ("broken/pod.yaml", POD),
        ("broken/half.yaml", "apiVersion: v1\nkind: [\n"),
        ("unsupported/kustomization.yaml", KUSTOMIZATION),
        ("empty/readme.txt", ""),
        ("good.toml", "strict = true\n"),
        ("bad.toml", "fail-on = \"worst\"\n"),
        ("notes.txt", "no plugin"),
    ])
}

#[test]
fn a_scan_ends_with_a_status_that_tells() {
    let place = ends();
    for (arguments, status) in [
        ("clean", 0),
        ("empty", 0),
        ("unsupported", 0),
        ("unsupported --config good.toml", 3),
        ("unsupported --strict", 3),
        ("clean --strict", 0),
        ("violated", 1),
        ("violated --fail-on critical", 0),
        ("violated --fail-on high", 1),
        ("violated --fail-on low", 1),
        ("violated --fail-on none", 0),
        ("violated --severity critical --fail-on low", 0),
        ("violated --skip *privileged*", 0),
        ("violated --skip *privileged* --fail-on medium", 1),
        ("broken", 3),
        ("broken --fail-on none", 3),
        ("broken --strict", 3),
        ("clean violated", 2),
    ] {
        let ran = place.run(&["scan"].into_iter().chain(arguments.split(' ')).collect::<Vec<_>>());
        let ran = ran.ends(status);
        assert_eq!(ran.err.is_empty(), status < 2, "{arguments}: {}", ran.err);
        if status != 2 {
            assert_eq!(ran.json()["complete"], Value::Bool(status != 3), "{arguments}");
        }
    }
}

#[test]
fn wrong_use_names_the_thing_and_the_fix() {
    let place = ends();
    for (arguments, words) in [
        ("scan clean --frobnicate", &["--frobnicate", "--help"][..]),
        ("scan missing", &["`missing`", "check that it exists"]),
        ("parse missing", &["`missing`", "check that it exists"]),
        ("scan clean --fail-on worst", &["'worst'", "expected critical, high, medium, low or none"]),
        ("scan clean --severity worst", &["`worst`", "expected critical, high, medium or low"]),
        ("scan clean --control [", &["--control", "'['", "missing ']'"]),
        (
            "scan clean --control kubernetes-privilegde-*",
            &["`--control kubernetes-privilegde-*`", "see `palisade controls`"],
        ),
        ("scan clean --control * --control CKV_NONE_53", &["`--control CKV_NONE_53`", "aliases"]),
        ("scan clean --skip {a", &["--skip", "'{a'", "missing '}'"]),
        ("scan clean --now 2026-13-01", &["--now", "'2026-13-01'", "1..=12"]),
        ("scan clean --now yesterday", &["--now", "'yesterday'"]),
        ("scan clean --now 9999-12-31", &["--now"]),
        ("scan clean --format xml", &["xml", "table, json"]),
        ("scan clean -o json", &["FORMAT=FILE"]),
        ("scan clean -o json=", &["FORMAT=FILE"]),
        ("scan clean -o xml=report.xml", &["`xml`", "expected table, json"]),
        ("scan clean -o json=missing/report.json", &["`missing/report.json`", "No such file"]),
        ("scan clean -o json=clean", &["`clean`", "directory"]),
        ("scan clean -o json=/dev/full", &["`/dev/full`", "No space left"]),
        ("scan clean --pack unknown", &["`unknown`", "installed are aws-controls, azure-controls"]),
        ("scan clean --plugin missing.wasm", &["`missing.wasm`", "step `size`"]),
        ("scan clean --plugin notes.txt", &["`notes.txt`", "step `validity`", "not a WebAssembly component"]),
        ("scan clean --config missing.toml", &["`missing.toml`"]),
        ("scan clean --config bad.toml", &["`bad.toml`", "`worst`", "`critical`"]),
        ("scan clean --root violated", &["`", "violated`", "is not in the root"]),
        ("scan clean --root missing", &["`missing`"]),
        ("scan clean --rev main", &["`clean`", "omit `--rev`"]),
        ("scan clean --jobs 0", &["--jobs", "1..=256"]),
        ("scan clean --max-file-size 0", &["--max-file-size", "1..=256"]),
        ("scan clean --quiet --verbose", &["--quiet", "--verbose"]),
        ("controls unknown", &["`unknown`", "see `palisade controls`"]),
        ("plugin remove unknown", &["`unknown`", "see `palisade plugin list`"]),
        ("plugin inspect missing.wasm", &["`missing.wasm`"]),
        ("plugin install notes.txt --grant everything", &["`everything`", "expected log, snapshot"]),
        ("parse clean --fail-on low", &["--fail-on"]),
        ("parse clean --env prod", &["--env", "NAME=FILE"]),
        ("parse clean --env prod=none.tfvars", &["`prod`", "`none.tfvars`"]),
        ("completions tcsh", &["tcsh", "bash"]),
        ("completions", &["<SHELL>"]),
        ("man --output notes.txt", &["`notes.txt`", "--output"]),
        ("config show missing", &["`missing`", "check that it exists"]),
        ("config show --fail-on worst", &["'worst'", "expected critical, high, medium, low or none"]),
        ("config show --format xml", &["xml", "table, json"]),
        ("config show clean --frobnicate", &["--frobnicate"]),
        ("config show --config bad.toml", &["`bad.toml`", "`worst`"]),
        ("doctor --format xml", &["xml", "table, json"]),
    ] {
        let ran = place.run(&arguments.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.out, "", "{arguments}");
        let ran = ran.ends(2).reports(words);
        assert!(ran.err.starts_with("error: "), "{arguments}: {}", ran.err);
    }
    // Without a command, the usage is printed.
    place.run(&[]).ends(2).reports(&["Usage: palisade", "scan"]);
    place.run(&["config"]).ends(2).reports(&["Usage: palisade config", "show"]);
}

#[test]
fn a_bad_configuration_stops_the_scan() {
    for (text, words) in [
        (&b"exclud = []"[..], &["`exclud`", "`exclude`, `fail-on`, `strict`"][..]),
        (b"exclude = [\"[\"]", &["exclude", "'['"]),
        (b"exclude = \"a\"", &["exclude"]),
        (b"fail-on = \"none\"", &["`none`", "`critical`"]),
        (b"strict = \"yes\"", &["strict"]),
        (b"strict", &["line 1"]),
        (b"strict = true\nstrict = true", &["duplicate key"]),
        (b"plugins = [\"x.wasm\"]", &["`plugins`"]),
        (b"\xff", &["UTF-8"]),
    ] {
        let place = Place::with(&[("pod.yaml", POD)]);
        place.write("palisade.toml", text);
        let ran = place.run(&["scan"]).ends(2).reports(&["`palisade.toml`"]).reports(words);
        assert_eq!(ran.out, "");
        place.run(&["parse"]).ends(2).reports(words);
    }
}

#[test]
fn controls_are_chosen_by_id_and_alias() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let all = place.run(&["scan"]).ends(1).violations();
    for (arguments, violations) in [
        (&["--control", PRIVILEGED][..], 1),
        (&["--control", ALIASES[0]], 1),
        (&["--control", ALIASES[1]], 1),
        (&["--control", ALIASES[2]], 1),
        (&["--control", "kubernetes-*"], all),
        (&["--control", "CKV_K8S_1[16]"], 2),
        (&["--control", PRIVILEGED, "--control", "CKV_K8S_11"], 2),
        (&["--skip", PRIVILEGED], all - 1),
        (&["--skip", ALIASES[0]], all - 1),
        (&["--skip", ALIASES[2], "--skip", "CKV_K8S_11"], all - 2),
        (&["--skip", "*"], 0),
        (&["--control", PRIVILEGED, "--skip", ALIASES[1]], 0),
        (&["--severity", "critical"], 0),
        (&["--severity", "high"], 1),
        (&["--severity", "medium"], 9),
        (&["--severity", "low"], all),
        (&["--severity", "high", "--control", "CKV_K8S_11"], 0),
        (&["--pack", "kubernetes-controls"], all),
    ] {
        let ran = place.run(&[&["scan", "--fail-on", "none"], arguments].concat()).ends_silently(0);
        assert_eq!(ran.violations(), violations, "{arguments:?}");
    }
}

#[test]
fn passes_are_listed_on_request() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let count = |ran: &Value, status: &str| {
        ran["results"].as_array().unwrap().iter().filter(|it| it["status"] == status).count() as u64
    };
    let (without, with) = (place.run(&["scan"]).json(), place.run(&["scan", "--include-passed"]).json());
    assert_eq!(without["summary"], with["summary"], "the counts know of them either way");
    assert_eq!(count(&without, "passed"), 0);
    assert_eq!(count(&with, "passed"), with["summary"]["outcomes"]["passed"].as_u64().unwrap());
    assert_eq!(count(&with, "failed"), count(&without, "failed"));
}

#[test]
fn formats_and_files() {
    let place = Place::with(&[("tree/pod.yaml", POD)]);
    let scan = |arguments: &[&str]| place.run(&[&["scan", "tree"], arguments].concat()).ends_silently(1).out;
    let (json, table) = (scan(&["--format", "json"]), scan(&["--format", "table"]));
    assert_eq!(scan(&[]), json, "a pipe gets JSON");
    assert_eq!(scan(&["--format", "json", "--format", "table"]), json.clone() + &table);
    assert_eq!(scan(&["--format", "table", "--format", "json"]), table.clone() + &json);

    assert_eq!(scan(&["-o", "json=out.json", "-o", "table=out.txt"]), "", "all of it is in the files");
    assert_eq!((place.read("out.json"), place.read("out.txt")), (json.clone(), table.clone()));
    assert_eq!(scan(&["-o", "json=other.json", "--format", "table"]), table);
    assert_eq!(place.read("other.json"), json);
    fs::write(place.path("out.txt"), "x".repeat(100_000)).unwrap();
    assert_eq!(scan(&["--color", "always", "-o", "table=out.txt"]), "");
    assert_eq!(place.read("out.txt"), table, "nothing is left of the old file, and a file takes no colours");
}

#[test]
fn colours_are_for_those_who_ask() {
    let place = Place::with(&[("pod.yaml", POD)]);
    for (variables, arguments, coloured) in [
        (&[][..], &[][..], false),
        (&[("FORCE_COLOR", "1")], &[], true),
        (&[("FORCE_COLOR", "")], &[], false),
        (&[("FORCE_COLOR", "0")], &[], false),
        (&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], &[], false),
        (&[("NO_COLOR", ""), ("FORCE_COLOR", "1")], &[], true),
        (&[("TERM", "dumb")], &[], false),
        (&[], &["--color", "always"], true),
        (&[("NO_COLOR", "1")], &["--color", "always"], true),
        (&[("FORCE_COLOR", "1")], &["--color", "never"], false),
    ] {
        let ran = place.run_with(variables, &[&["scan", "--format", "table"], arguments].concat());
        let ran = ran.ends_silently(1);
        assert_eq!(ran.out.contains('\u{1b}'), coloured, "{variables:?} {arguments:?}");
        let ran = place.run_with(variables, &[&["scan", "--format", "json"], arguments].concat());
        assert!(!ran.ends_silently(1).out.contains('\u{1b}'), "JSON takes none");
    }
}

#[test]
fn standard_error_is_as_loud_as_asked() {
    let place = ends();
    let scan = |arguments: &[&str]| place.run(&[&["scan", "broken"], arguments].concat()).ends(3);
    assert_snapshot!(scan(&[]).err, @"incomplete: 1 file failed, 0 in part, 0 unsupported, 0 plugin errors\n");
    assert_eq!(scan(&["--quiet"]).err, "");
    let loud = scan(&["-v"]);
    for call in [
        "kubernetes claim the tree: ",
        "kubernetes parse half.yaml and 1 more: ",
        "judge half.yaml and 1 more: ",
    ] {
        assert!(loud.err.contains(call), "{call}: {}", loud.err);
    }
    assert_eq!(scan(&["-v"]).out, scan(&["-q"]).out, "what is measured is no part of the report");
    place.run(&["scan", "missing", "--quiet"]).ends(2).reports(&["`missing`"]);

    let parse = |arguments: &[&str]| place.run(&[&["parse", "broken"], arguments].concat()).ends(3);
    parse(&[]).reports(&["failed half.yaml: "]);
    assert_eq!(parse(&["--quiet"]).err, "");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let place = ends();
    for arguments in [
        &["scan", "violated", "--fail-on", "none"][..],
        &["scan", "violated", "--fail-on", "none", "--format", "table", "--format", "json"],
        &["parse", "violated"],
        &["controls"],
        &["controls", PRIVILEGED],
        &["plugin", "list"],
        &["config", "show"],
        &["doctor"],
        &["completions", "bash"],
        &["man"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        place.run_into(writer, arguments).ends_silently(0);
    }
    // A full disk is an error, though.
    let mut command = place.command(&["controls"]);
    let output = command.stdout(fs::File::create("/dev/full").unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write the output"));
}

#[test]
fn a_repository_may_be_stricter_than_its_caller() {
    for (config, arguments, status) in [
        ("", "", 1),
        ("fail-on = \"critical\"", "", 1),
        ("fail-on = \"low\"", "--skip *privileged*", 1),
        ("fail-on = \"low\"", "--fail-on none", 1),
        ("fail-on = \"high\"", "--fail-on critical", 1),
        ("fail-on = \"critical\"", "--fail-on critical", 0),
        ("fail-on = \"critical\"", "--fail-on low", 1),
        ("strict = true", "--fail-on none", 3),
        ("strict = false", "--fail-on none --strict", 3),
        ("exclude = [\"kustomization.yaml\"]\nstrict = true", "--fail-on none", 0),
        ("exclude = [\"**/*.yaml\"]\nstrict = true", "", 0),
        ("exclude = [\"pod.*\"]", "", 0),
        ("exclude = [\"pod\"]", "", 1),
    ] {
        let place = Place::with(&[
            ("pod.yaml", POD),
            ("kustomization.yaml", KUSTOMIZATION),
            ("palisade.toml", config),
        ]);
        let arguments: Vec<&str> =
            ["scan"].into_iter().chain(arguments.split(' ').filter(|it| !it.is_empty())).collect();
        let ran = place.run(&arguments).ends(status);
        let excluded = ran.coverage().iter().any(|(_, _, reason)| reason.starts_with("excluded by `"));
        assert_eq!(excluded, config.contains("exclude") && status != 1, "{config}");
    }
}

#[test]
fn the_nearest_configuration_counts() {
    let place = Place::with(&[
        ("palisade.toml", "exclude = [\"**/pod.yaml\"]\n"),
        ("one/pod.yaml", POD),
        ("two/palisade.toml", "exclude = [\"in/*\"]\n"),
        ("two/pod.yaml", POD),
        ("two/in/pod.yaml", POD),
    ]);
    place.git(&["init", "--quiet"]);
    let scan = |arguments: &[&str]| -> Vec<String> {
        let ran = place.run(&[&["scan", "--control", PRIVILEGED], arguments].concat());
        ran.found().into_iter().map(|(_, path)| path).collect()
    };
    assert_eq!(scan(&[]), [""; 0], "the one at the top");
    assert_eq!(scan(&["one"]), [""; 0], "the one above");
    assert_eq!(scan(&["two"]), ["two/pod.yaml"], "its own");
    assert_eq!(scan(&["two/in"]), [""; 0], "its parent's");
    place.write("other.toml", "exclude = [\"one/*\"]\n");
    assert_eq!(
        scan(&["--config", "other.toml"]),
        ["two/in/pod.yaml", "two/pod.yaml"],
        "the one that is named"
    );
}

#[test]
fn a_commit_brings_its_own_configuration() {
    let place = Place::with(&[("pod.yaml", POD), ("palisade.toml", "exclude = [\"pod.yaml\"]\n")]);
    let commit = place.commit();
    place.write("palisade.toml", "");
    place.write("settings.yaml", CLEAN);
    let now = place.run(&["scan"]).ends_silently(1);
    let then = place.run(&["scan", "--rev", "HEAD"]).ends_silently(0);
    assert_eq!((now.json()["target"]["rev"].clone(), now.coverage().len()), (Value::Null, 3));
    assert_eq!((then.json()["target"]["rev"].clone(), then.coverage().len()), (commit.into(), 2));
    place.run(&["scan", "--rev", "gone"]).ends(2).reports(&["`gone`", "give a branch, a tag or a commit id"]);
    place.run(&["scan", "--rev", "HEAD:pod.yaml"]).ends(2).reports(&["`HEAD:pod.yaml`", "not a commit"]);
    place.run(&["scan", "--rev", "HEAD", "--root", "."]).ends_silently(0);
}

#[test]
fn paths_are_told_from_the_root() {
    let place = Place::with(&[("one/two/pod.yaml", POD), ("one/pod.yaml", POD)]);
    let scan = |arguments: &[&str]| {
        let ran = place.run(&[&["scan", "--control", PRIVILEGED], arguments].concat()).ends_silently(1);
        let paths: Vec<String> = ran.found().into_iter().map(|(_, path)| path).collect();
        (ran.json()["target"]["path"].as_str().unwrap().to_owned(), paths.join(" "))
    };
    let is = |target: &str, paths: &str| (target.to_owned(), paths.to_owned());
    assert_eq!(scan(&[]), is(".", "one/pod.yaml one/two/pod.yaml"));
    assert_eq!(scan(&["one"]), is(".", "pod.yaml two/pod.yaml"));
    assert_eq!(scan(&["one/two/pod.yaml"]), is("pod.yaml", "pod.yaml"));
    assert_eq!(scan(&["one/two", "--root", "one"]), is("two", "two/pod.yaml"));
    assert_eq!(scan(&["one/../one/two/", "--root", "."]), is("one/two", "one/two/pod.yaml"));
    place.git(&["init", "--quiet"]);
    assert_eq!(scan(&["one/two"]), is("one/two", "one/two/pod.yaml"), "the repository is the root");
    assert_eq!(scan(&["one/two", "--root", "one"]), is("two", "two/pod.yaml"));
}

#[test]
fn large_files_are_a_matter_of_taste() {
    let place = Place::new();
    place.write("pod.yaml", format!("# {}\n{POD}", "x".repeat(2 << 20)));
    place.run(&["scan"]).ends_silently(1);
    place.run(&["scan", "--max-file-size", "3"]).ends_silently(1);
    let ran = place.run(&["scan", "--max-file-size", "1"]).ends(3);
    let (path, status, reason) = ran.coverage().remove(0);
    assert_eq!((path.as_str(), status.as_str()), ("pod.yaml", "failed"));
    assert!(reason.contains("raise the limit"), "{reason}");
}

#[test]
fn controls_are_listed() {
    let place = Place::new();
    let list = place.run(&["controls"]).ends_silently(0).json();
    let list = list.as_array().unwrap();
    let table = place.run(&["controls", "--format", "table"]).ends_silently(0).out;
    assert_eq!(table.lines().count(), list.len() + 1);
    assert!(table.ends_with(&format!("\n{} controls\n", list.len())), "{table}");
    let ids: Vec<&str> = list.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.contains(&PRIVILEGED), "{ids:?}");
    for control in list {
        let keys: Vec<&str> = control.as_object().unwrap().keys().map(String::as_str).collect();
        let promised =
            ["id", "title", "severity", "kinds", "formats", "aliases", "policies", "safe_fixes", "pack"];
        assert_eq!(promised.into_iter().find(|it| !keys.contains(it)), None, "{control}");
    }
}

#[test]
fn a_control_is_explained() {
    let place = Place::new();
    let explain = |name: &str| place.run(&["controls", name, "--format", "table"]).ends_silently(0).out;
    let text = explain(PRIVILEGED);
    assert_snapshot!("explained", text);
    for alias in ALIASES {
        assert_eq!(explain(alias), text, "{alias}");
    }
    let json = place.run(&["controls", PRIVILEGED]).ends_silently(0).json();
    for (key, has) in [("id", PRIVILEGED), ("severity", "high"), ("pack", "kubernetes-controls")] {
        assert_eq!(json[key], has);
    }
    assert!(text.contains(json["docs"]["why"].as_str().unwrap()));
    // Every control is documented.
    for control in place.run(&["controls"]).json().as_array().unwrap() {
        let text = explain(control["id"].as_str().unwrap());
        for head in ["\nFix", "\nFails\n", "\nPasses\n", "\nJudges: ", "\nPack: "] {
            assert!(text.contains(head), "{head}: {text}");
        }
    }
}

#[test]
fn parsing_stops_before_controls() {
    let place = Place::with(&[
        ("pod.yaml", POD),
        ("more/two.yaml", &format!("{CLEAN}---\n{CLEAN}").replacen("settings", "other", 1)),
        ("kustomization.yaml", KUSTOMIZATION),
        ("readme.md", "# Nothing\n"),
    ]);
    assert_snapshot!("parsed", place.run(&["parse"]).ends_silently(0).out);
    assert_snapshot!("parsed_table", place.run(&["parse", "--format", "table"]).ends_silently(0).out);
    place.run(&["parse", "--strict"]).ends(3).reports(&["unsupported kustomization.yaml: "]);
}
