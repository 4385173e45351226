//! Real public trees, which do not change: their findings must not change either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use insta::assert_json_snapshot;
use serde_json::Value;

use crate::place::{Place, corpora, text};

#[test]
fn real_trees() {
    let place = Place::new();
    let controls = place.run(&["controls"]).ends_silently(0).json();
    let known: BTreeSet<&str> =
        controls.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    for (name, folder) in corpora(&["kubernetes", "kustomize", "terraform"]) {
        let scan =
            ["scan", text(&folder), "--root", text(&folder), "--fail-on", "none", "--now", "2026-01-31"];
        let report = place.run(&scan).ends_silently(0).json();
        assert_json_snapshot!(name.as_str(), short(&report["summary"]));
        assert_eq!(report["complete"], true, "{name}");
        assert_eq!(report["plugin_errors"], serde_json::json!([]), "{name}");

        let mut widths = BTreeMap::new();
        for finding in report["results"].as_array().unwrap() {
            let control = finding["control"].as_str().unwrap();
            assert!(known.contains(control), "{name}: {control}");
            for pointer in ["/location", "/resource/location"] {
                let location = finding.pointer(pointer).filter(|it| !it.is_null());
                let location = location.unwrap_or_else(|| panic!("{name}: {control} has no {pointer}"));
                let path = location["path"].as_str().unwrap();
                let widths = widths.entry(path.to_owned()).or_insert_with(|| {
                    let text = fs::read_to_string(folder.join(path)).unwrap();
                    text.lines().map(|line| line.chars().count() as u64).collect::<Vec<_>>()
                });
                let (start, end) = (inside(&location["start"], widths), inside(&location["end"], widths));
                assert!(start.is_some() && end.is_some() && start <= end, "{name}: {control} at {location}");
            }
        }
    }
}

/// The summary, with the number of kinds that have no control and the most frequent of them.
pub(crate) fn short(summary: &Value) -> Value {
    let mut summary = summary.clone();
    let mut kinds: Vec<(u64, String)> = summary["uncovered"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["resources"].as_u64().unwrap(), it["kind"].as_str().unwrap().to_owned()))
        .collect();
    kinds.sort_by(|one, other| other.cmp(one));
    let resources: u64 = kinds.iter().map(|(count, _)| count).sum();
    let most: Vec<String> = kinds.iter().take(8).map(|(count, kind)| format!("{count} {kind}")).collect();
    summary["uncovered"] = serde_json::json!({ "kinds": kinds.len(), "resources": resources, "most": most });
    summary
}

/// A position, if it exists in a file whose lines have these widths.
fn inside(position: &Value, widths: &[u64]) -> Option<(u64, u64)> {
    let (line, column) = (position["line"].as_u64()?, position["column"].as_u64()?);
    let width = widths.get(usize::try_from(line.checked_sub(1)?).ok()?)?;
    (1..=width + 1).contains(&column).then_some((line, column))
}
