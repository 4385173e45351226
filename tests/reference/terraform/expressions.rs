//! Expressions: each file is a module of local values, and each of them is the input of one resource.
//!
//! All files are planned in one run, so a single refused expression makes it fail: such expressions are in `can(…)` or
//! in the folder `refused`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::plan;
use crate::suite::Suite;
use crate::tools::Tools;

/// Compares `expressions/*.hcl`.
pub(crate) fn run(tools: &Tools, tool: &Path, suite: &mut Suite) -> Result<()> {
    let source = suite.folder.join("expressions");
    let folder = tools.work("expressions")?;
    copy(&source.join("files"), &folder.join("files"))?;
    let mut main = String::new();
    let mut cases = Vec::new();
    for family in families(&source)? {
        let module = folder.join(&family);
        fs::create_dir_all(&module)?;
        fs::copy(source.join("prelude.tf"), module.join("prelude.tf"))?;
        let body = fs::read_to_string(source.join(format!("{family}.hcl")))?;
        let names = names(&body);
        let mut text = format!("locals {{\n{body}\n}}\n");
        for name in names {
            // The JSON text contains all digits of a number.
            let _ = writeln!(
                text,
                "resource \"terraform_data\" \"{name}\" {{\n  input = local.{name}\n  triggers_replace = jsonencode(local.{name})\n}}"
            );
            cases.push((
                format!("module.{family}.terraform_data.{name}"),
                format!("expressions/{family}/{name}"),
            ));
        }
        fs::write(module.join("cases.tf"), text)?;
        let _ = writeln!(main, "module \"{family}\" {{\n  source = \"./{family}\"\n}}");
    }
    fs::write(folder.join("main.tf"), main)?;
    if let Err(message) = plan::plan(tools, tool, &folder)? {
        bail!("the expressions cannot be planned: {message}");
    }
    let planned = plan::planned(tools, tool, &folder)?;
    let parsed = plan::parse(tools, &folder, "terraform")?.resources("");
    let nothing = serde_json::Value::Null;
    for (address, case) in cases {
        let (tool, palisade) = (planned.get(&address), parsed.get(&address));
        suite.compare(&case, tool.unwrap_or(&nothing), palisade.unwrap_or(&nothing));
    }
    Ok(())
}

/// The names of the files, without extensions.
fn families(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".hcl").map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// The names that a file defines: at the beginning of a line, outside of heredocs.
fn names(body: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut marker: Option<&str> = None;
    for line in body.lines() {
        if let Some(end) = marker {
            if line.trim() == end {
                marker = None;
            }
            continue;
        }
        if let Some((name, _)) = line.split_once(" = ")
            && name.starts_with(|it: char| it.is_ascii_alphabetic())
            && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        {
            names.push(name);
        }
        if let Some((_, end)) = line.rsplit_once("<<") {
            let end = end.trim_start_matches('-');
            marker = Some(end).filter(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphabetic()));
        }
    }
    names
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
