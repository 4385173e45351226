//! Folders of Rego for Conftest, applied to files of its formats, compared with `conftest test`.
//!
//! A case is a folder with `policy/`, `files/` and, if Conftest needs options, `case.toml` with `arguments`. The
//! failures and warnings of each file are compared with their messages. If Conftest refuses the whole run, Palisade
//! must refuse the policy or report a file as not read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::suite::Suite;
use crate::tools::Tools;

/// The suffix that Palisade adds to the message of a rule that names no place.
const NO_PLACE: &str = " (the rule names no place)";

/// Palisade's message for a rule that ended in an error, which in Conftest ends the run.
const RULE_FAILED: &str = "the rule could not be evaluated";

/// Failures and warnings by file, or the reason for the refusal.
type Answer = Result<BTreeMap<String, Vec<String>>, String>;

/// Runs the suite.
pub(crate) fn run(tools: &Tools, suite: &mut Suite) -> Result<()> {
    let Some(program) = tools.find("conftest") else {
        suite.skip("conftest not found");
        return Ok(());
    };
    let entries = fs::read_dir(&suite.folder).context("cannot read the cases")?;
    let folders: BTreeSet<_> = entries.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    for folder in folders.iter().filter(|it| it.is_dir()) {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let theirs = conftest(tools, &program, folder)?;
        let ours = palisade(tools, folder)?;
        match (&theirs, &ours) {
            (Ok(theirs), Ok(ours)) => {
                let files: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
                for file in files {
                    let (one, other) = (theirs.get(file), ours.get(file));
                    suite.compare(&format!("{name}/{file}"), &json!(one), &json!(other));
                }
            }
            (Err(_), Err(_)) => suite.compare(&name, &json!("refused"), &json!("refused")),
            _ => {
                let show = |it: &Answer| match it {
                    Ok(files) => json!(files),
                    Err(why) => json!(format!("refused: {why}")),
                };
                suite.compare(&name, &show(&theirs), &show(&ours));
            }
        }
    }
    Ok(())
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

fn conftest(tools: &Tools, program: &Path, folder: &Path) -> Result<Answer> {
    let arguments = match fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => texts(&toml::from_str::<Value>(&text)?["arguments"]),
        Err(_) => Vec::new(),
    };
    let mut command = tools.command(program, folder);
    command
        .args(["test", "--output", "json", "--no-fail", "--policy", "policy"])
        .args(arguments)
        .arg("files");
    let output = command.output().context("cannot start conftest")?;
    let Ok(results) = serde_json::from_slice::<Value>(&output.stdout) else {
        return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
    };
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for result in results.as_array().into_iter().flatten() {
        let file = result["filename"].as_str().unwrap_or_default().trim_start_matches("files/").to_owned();
        let messages = files.entry(file).or_default();
        for (kind, list) in [("failure", &result["failures"]), ("warning", &result["warnings"])] {
            for it in list.as_array().into_iter().flatten() {
                messages.push(format!("{kind}: {}", it["msg"].as_str().unwrap_or_default()));
            }
        }
    }
    Ok(Ok(sorted(files)))
}

fn palisade(tools: &Tools, folder: &Path) -> Result<Answer> {
    // Without `--root`, paths would be relative to the repository that contains the cases.
    let arguments = [
        "scan",
        "files",
        "--root",
        "files",
        "--pack",
        "./policy",
        "--format",
        "json",
        "--fail-on",
        "none",
        "--no-cache",
    ];
    let output = tools.palisade(folder, &arguments)?;
    let Ok(report) = serde_json::from_slice::<Value>(&output.stdout) else {
        return Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()));
    };
    let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut unread = Vec::new();
    for it in report["coverage"].as_array().into_iter().flatten() {
        let file = it["path"].as_str().unwrap_or_default().to_owned();
        match it["status"].as_str().unwrap_or_default() {
            "scanned" => {
                files.entry(file).or_default();
            }
            "ignored" => {}
            _ => unread.push(format!("{file}: {}", it["reason"])),
        }
    }
    let results = report["results"].as_array().into_iter().flatten();
    let failed = results.filter(|it| it["message"].as_str().is_some_and(|it| it.starts_with(RULE_FAILED)));
    unread.extend(failed.map(|it| format!("{}: {}", it["control"], it["message"])));
    if !unread.is_empty() {
        return Ok(Err(unread.join("; ")));
    }
    for it in report["results"].as_array().into_iter().flatten() {
        let file = it["location"]["path"].as_str().unwrap_or_default().to_owned();
        let rule = it["control"].as_str().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let kind = match it["status"].as_str().unwrap_or_default() {
            "failed" if rule.starts_with("warn") => "warning",
            "failed" => "failure",
            other => other,
        };
        let message = it["message"].as_str().unwrap_or_default();
        let message = message.strip_suffix(NO_PLACE).unwrap_or(message);
        files.entry(file).or_default().push(format!("{kind}: {message}"));
    }
    Ok(Ok(sorted(files)))
}

fn sorted(mut files: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    for messages in files.values_mut() {
        messages.sort();
    }
    files
}
