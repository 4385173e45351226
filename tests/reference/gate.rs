//! The suite `gate`: the results of the real tools for the changes in `tests/gate`.
//!
//! The results are stored in `tests/gate/answers.toml`, and the table of the gate shows them beside Palisade's. They
//! are computed again here and compared with the file; `GATE_ANSWERS=write` updates it.
//!
//! Terraform and OpenTofu plan `terraform_data`, since no other provider is built in: a case that needs another one
//! names no tool. A result consists of the resources that would be created, or of the values of `privileged` that
//! kubectl read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use palisade_tests::gate::{Case, For, answers, answers_file, cases};
use serde_json::{Value, json};

use crate::suite::Suite;
use crate::terraform::plan;
use crate::tools::Tools;

pub(crate) fn run(tools: &Tools, suite: &mut Suite) -> Result<()> {
    let stored = answers()?;
    let mut computed = BTreeMap::new();
    let mut missing = BTreeSet::new();
    for case in cases()? {
        let mut words = case.tool.split(' ');
        let name = words.next().unwrap_or_default();
        if name == "none," {
            continue;
        }
        let Some(tool) = tools.find(name) else {
            missing.insert(name.to_owned());
            continue;
        };
        let folder = tools.work(&format!("gate/{}", case.id))?;
        case.write(&folder, For::Tool)?;
        let words: Vec<&str> = words.collect();
        let answer = match name {
            "kubectl" => kubectl(tools, &tool, &folder, &words)?,
            _ => planned(tools, &tool, &folder, &case, &words)?,
        };
        suite.compare(&case.id, &json!(answer), &json!(stored.get(&case.id)));
        computed.insert(case.id, answer);
    }
    for name in missing {
        suite.skip(format!("{name}: not found on PATH or in PALISADE_REFERENCE_TOOLS"));
    }
    if std::env::var_os("GATE_ANSWERS").is_some_and(|it| it == "write") {
        fs::write(answers_file(), toml::to_string_pretty(&computed)?)?;
    }
    Ok(())
}

/// The resources that would be created: the inputs by address.
fn planned(tools: &Tools, tool: &Path, folder: &Path, case: &Case, words: &[&str]) -> Result<String> {
    let root = folder.join(words.first().context("no folder")?);
    if let Some(values) = words.get(1) {
        let end = if values.ends_with("tfvars.json") { "auto.tfvars.json" } else { "auto.tfvars" };
        fs::copy(folder.join(values), root.join(format!("zz.{end}")))?;
    }
    if case.holds("backend \"") {
        fs::write(root.join("zz_override.tf"), "terraform {\n  backend \"local\" {}\n}\n")?;
    }
    if plan::plan(tools, tool, &root)?.is_err() {
        return Ok("refused".to_owned());
    }
    let planned = plan::planned(tools, tool, &root)?;
    let line = |(address, it): (&String, &Value)| format!("{address} = {}", it["input"]);
    Ok(planned.iter().map(line).collect::<Vec<_>>().join(", "))
}

/// The values of `privileged` that kubectl reads.
fn kubectl(tools: &Tools, kubectl: &Path, folder: &Path, words: &[&str]) -> Result<String> {
    let mut command = tools.command(kubectl, folder);
    match words {
        ["kustomize", path] => command.args(["kustomize", path]),
        _ => command.args(["annotate", "--local", "-o", "json", "reference=1"]).arg("-f").args(words),
    };
    let output = command.output().context("cannot start kubectl")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let values = printed.lines().filter_map(|line| {
        line.trim().strip_prefix("\"privileged\": ").or_else(|| line.trim().strip_prefix("privileged: "))
    });
    let values: Vec<&str> = values.map(|it| it.trim_end_matches(',')).collect();
    let refused = if output.status.success() { "" } else { ", then refused" };
    Ok(format!("privileged = {}{refused}", values.join(", ")))
}
