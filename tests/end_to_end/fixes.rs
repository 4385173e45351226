//! Fixes: applied as the report describes them, they remove the violation and nothing else.

use serde_json::{Value, json};

use crate::place::{CLEAN, POD, PRIVILEGED, Place};

const PULLED: &str = "kubernetes-image-pull-policy-never";

/// The violations of a control.
fn violations(place: &Place, control: &str) -> Vec<Value> {
    let report = place.run(&["scan", "--fail-on", "none", "--control", control]).ends(0).json();
    report["results"].as_array().unwrap().clone()
}

fn offset(edit: &Value, name: &str) -> usize {
    usize::try_from(edit[name].as_u64().unwrap()).unwrap()
}

/// A pod whose container has this setting.
fn with(setting: &str) -> String {
    POD.replace("      securityContext:\n        privileged: true\n", &format!("      {setting}\n"))
}

#[test]
fn an_applied_fix_removes_its_violation() {
    let shared = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: a, image: a:1, \
                  imagePullPolicy: &policy Never}\n    - {name: b, image: b:1, imagePullPolicy: *policy}\n";
    let object = |setting: &str| {
        format!(
            "{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {{\"name\": \"web\"}},\n \"spec\": \
             {{\"containers\": [{{\"name\": \"ü\", \"image\": \"a:1\", {setting}}}]}}}}\n"
        )
    };
    for (path, text, control, safe, description) in [
        ("pod.yaml", POD.to_owned(), PRIVILEGED, false, "replace `true` with `false`"),
        ("pod.yaml", POD.replace('\n', "\r\n"), PRIVILEGED, false, "replace `true` with `false`"),
        ("pod.yaml", format!("\u{feff}{POD}"), PRIVILEGED, false, "replace `true` with `false`"),
        ("pod.yaml", format!("{CLEAN}---\n# grün\n{POD}"), PRIVILEGED, false, "replace `true` with `false`"),
        (
            "pod.yaml",
            with("securityContext: {privileged: true} # why"),
            PRIVILEGED,
            false,
            "replace `true` with `false`",
        ),
        ("pod.yaml", with("imagePullPolicy: Never"), PULLED, true, "replace `Never` with `IfNotPresent`"),
        (
            "pod.yaml",
            with("imagePullPolicy: \"Never\""),
            PULLED,
            true,
            "replace `\"Never\"` with `\"IfNotPresent\"`",
        ),
        ("pod.yaml", shared.to_owned(), PULLED, false, "replace `Never` with `IfNotPresent`"),
        (
            "pod.json",
            object("\"imagePullPolicy\": \"Never\""),
            PULLED,
            true,
            "replace `\"Never\"` with `\"IfNotPresent\"`",
        ),
        (
            "pod.json",
            object("\"securityContext\": {\"privileged\": true}"),
            PRIVILEGED,
            false,
            "replace `true` with `false`",
        ),
    ] {
        let place = Place::with(&[(path, &text)]);
        let before = violations(&place, control);
        let fix = &before[0]["fix"];
        assert_eq!((&fix["safe"], &fix["description"]), (&json!(safe), &json!(description)), "{text}");
        let [edit] = fix["edits"].as_array().unwrap().as_slice() else { panic!("{fix}") };
        assert_eq!(
            (&edit["path"], &edit["start"]),
            (&json!(path), &before[0]["location"]["start"]),
            "{text}"
        );
        let (start, end) = (offset(edit, "start_byte"), offset(edit, "end_byte"));
        let fixed = format!("{}{}{}", &text[..start], edit["replacement"].as_str().unwrap(), &text[end..]);
        place.write(path, &fixed);
        assert_eq!(violations(&place, control), Vec::<Value>::new(), "{fixed}");
        // Only the lines that changed are shown.
        let changed = |one: &str, other: &str| {
            let lines = one.lines().zip(other.lines()).filter(|(one, other)| one != other);
            let lines: Vec<&str> = lines.map(|(one, _)| one.trim_start_matches('\u{feff}')).collect();
            lines.join("\n")
        };
        assert_eq!(edit["before"], json!(changed(&text, &fixed)), "{text}");
        assert_eq!(edit["after"], json!(changed(&fixed, &text)), "{text}");
    }
}

/// A control without a fix, and a value that is absent and so cannot be replaced.
#[test]
fn where_nothing_can_be_replaced_there_is_no_fix() {
    for (control, text) in [
        ("kubernetes-memory-limit-missing", POD.to_owned()),
        ("kubernetes-writable-root-filesystem", POD.to_owned()),
    ] {
        let place = Place::with(&[("pod.yaml", &text)]);
        let found = violations(&place, control);
        assert!(!found.is_empty() && found.iter().all(|it| it["fix"].is_null()), "{found:?}");
    }
}

/// Every format that can show fixes shows the same one, with a cold cache and a warm one.
#[test]
fn every_format_shows_the_fix() {
    let place = Place::with(&[("pod.yaml", POD)]);
    let show = |format: &str| {
        place.run(&["scan", "--fail-on", "none", "--control", PRIVILEGED, "--format", format]).ends(0).out
    };
    for _ in ["cold", "warm"] {
        let sarif: Value = serde_json::from_str(&show("sarif")).unwrap();
        let fix = &sarif["runs"][0]["results"][0]["fixes"][0];
        let replacement = &fix["artifactChanges"][0]["replacements"][0];
        assert_eq!(replacement["insertedContent"]["text"], "false");
        assert_eq!(
            replacement["deletedRegion"],
            json!({
                "startLine": 10, "startColumn": 21, "endLine": 10, "endColumn": 25
            })
        );
        let diff = "  ```diff\n  -        privileged: true\n  +        privileged: false\n  ```\n";
        assert!(show("markdown").contains(diff), "{}", show("markdown"));
        assert!(show("table").contains("= help: replace `true` with `false`\n"), "{}", show("table"));
    }
}
