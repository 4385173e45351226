//! A plan as Terraform prints it and the resources as Palisade prints them, in a common form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Number, Value, json};

use crate::tools::Tools;

/// The arguments of `terraform_data`; its other attributes are computed.
const ARGUMENTS: [&str; 2] = ["input", "triggers_replace"];

/// Resources by address: kind and arguments.
pub(crate) type Resources = BTreeMap<String, Value>;

/// Plans the configuration of a folder. The inner `Err` is the output of a tool that refuses it.
pub(crate) fn plan(tools: &Tools, tool: &Path, folder: &Path) -> Result<Result<(), String>> {
    // A configuration without modules and backend can be planned at once, since the provider is built in.
    if needs_init(folder)? {
        let init = tools.command(tool, folder).args(["init", "-input=false", "-no-color"]).output()?;
        if !init.status.success() {
            return Ok(Err(String::from_utf8_lossy(&init.stderr).into_owned()));
        }
    }
    let arguments = ["plan", "-input=false", "-no-color", "-out=plan.bin"];
    let plan = tools.command(tool, folder).args(arguments).output()?;
    if plan.status.success() {
        Ok(Ok(()))
    } else {
        Ok(Err(String::from_utf8_lossy(&plan.stderr).into_owned()))
    }
}

fn needs_init(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let text = fs::read(&path)?;
            let text = String::from_utf8_lossy(&text);
            if ["module", "backend", "encryption"].iter().any(|it| text.contains(it)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The planned resources, after [`plan`].
pub(crate) fn planned(tools: &Tools, tool: &Path, folder: &Path) -> Result<Resources> {
    let shown = tools.command(tool, folder).args(["show", "-json", "plan.bin"]).output()?;
    if !shown.status.success() {
        bail!("the plan cannot be shown: {}", String::from_utf8_lossy(&shown.stderr));
    }
    let plan: Value = serde_json::from_slice(&shown.stdout).context("the plan is not JSON")?;
    let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
    let created = changes.iter().filter(|it| it["change"]["actions"] == json!(["create"]));
    let resource = |it: &Value| {
        let values = merged(&it["change"]["after"], &it["change"]["after_unknown"]);
        (it["address"].as_str().unwrap_or_default().to_owned(), row(&it["type"], &values))
    };
    Ok(created.map(resource).collect())
}

fn unknown() -> Value {
    json!({"$unknown": true})
}

fn row(kind: &Value, values: &Value) -> Value {
    let arguments = ARGUMENTS.map(|it| (it.to_owned(), values[it].clone()));
    let mut row = Map::from_iter(arguments);
    row.insert("kind".to_owned(), kind.clone());
    Value::Object(row)
}

/// The planned value with its unknown parts, which are separate in a plan.
fn merged(after: &Value, unknowns: &Value) -> Value {
    match unknowns {
        Value::Bool(true) => unknown(),
        Value::Object(parts) if after.is_object() || !parts.is_empty() => {
            let known = after.as_object().into_iter().flat_map(Map::keys);
            let keys: BTreeSet<&String> = known.chain(parts.keys()).collect();
            let entry = |key: &String| (key.clone(), merged(&after[key.as_str()], &unknowns[key.as_str()]));
            Value::Object(keys.into_iter().map(entry).collect())
        }
        Value::Array(parts) => {
            let length = parts.len().max(after.as_array().map_or(0, Vec::len));
            (0..length).map(|at| merged(&after[at], &unknowns[at])).collect()
        }
        _ => normalized(after),
    }
}

/// The output of Palisade for a folder.
pub(crate) struct Parsed {
    document: Value,
}

/// Reads a folder with Palisade, as a tool would in its first workspace.
pub(crate) fn parse(tools: &Tools, folder: &Path, engine: &str) -> Result<Parsed> {
    let settings = format!("engine = \"{engine}\"\nworkspace = \"default\"\n");
    fs::write(folder.join("palisade.toml"), settings)?;
    let output = tools.palisade(folder, &["parse", "--format", "json"])?;
    let document = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("palisade did not print JSON: {}", String::from_utf8_lossy(&output.stderr))
    })?;
    Ok(Parsed { document })
}

impl Parsed {
    /// The resources whose files are below a folder; empty for all.
    pub(crate) fn resources(&self, folder: &str) -> Resources {
        let all = self.document["resources"].as_array().into_iter().flatten();
        let inside =
            all.filter(|it| it["location"]["path"].as_str().is_some_and(|path| path.starts_with(folder)));
        inside
            .map(|it| {
                let values = ARGUMENTS.map(|name| (name.to_owned(), normalized(&it["config"][name])));
                let address = it["address"].as_str().unwrap_or_default().to_owned();
                (address, row(&it["kind"], &Value::Object(Map::from_iter(values))))
            })
            .collect()
    }

    /// Whether a file below a folder is reported as not fully read, with a reason.
    pub(crate) fn is_incomplete(&self, folder: &str) -> bool {
        let all = self.document["coverage"].as_array().into_iter().flatten();
        all.filter(|it| it["path"].as_str().is_some_and(|path| path.starts_with(folder))).any(|it| {
            let status = it["status"].as_str().unwrap_or_default();
            let reason = it["reason"].as_str().unwrap_or_default();
            matches!(status, "partial" | "failed" | "unsupported") && !reason.is_empty()
        })
    }
}

/// The value with one form for everything unknown: Palisade names the expression, a plan does not.
fn normalized(value: &Value) -> Value {
    match value {
        Value::Object(entries) if entries.len() == 1 && entries.contains_key("$unknown") => unknown(),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(key, it)| (key.clone(), normalized(it))).collect())
        }
        Value::Array(items) => items.iter().map(normalized).collect(),
        Value::Number(number) => same_number(number),
        other => other.clone(),
    }
}

/// A number in a common form: `1.0`, `-0` and `1` may be the same number.
fn same_number(number: &Number) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(it) if it.fract() == 0.0 && it.abs() < EXACT => {
            json!(format!("{it:.0}").parse::<i64>().unwrap_or_default())
        }
        Some(it) => json!(it),
        None => Value::Number(number.clone()),
    }
}
