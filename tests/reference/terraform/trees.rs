//! Trees of modules, one an archive: trees that can be planned, and trees that are refused.
//!
//! The tool plans each tree alone. Palisade reads all of them at once, as folders of one tree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::{archive, plan};
use crate::suite::Suite;
use crate::tools::Tools;

/// Compares the trees of a folder of archives that can be planned.
pub(crate) fn planned(tools: &Tools, tool: &Path, kind: &str, suite: &mut Suite) -> Result<()> {
    let (folder, names) = unpack_all(tools, kind, suite)?;
    let parsed = plan::parse(tools, &folder, engine(kind))?;
    for name in names {
        let tree = folder.join(&name);
        if let Err(message) = plan::plan(tools, tool, &tree)? {
            bail!("{kind}/{name} cannot be planned: {message}");
        }
        let planned = plan::planned(tools, tool, &tree)?;
        let resources = parsed.resources(&format!("{name}/"));
        suite.compare(&format!("{kind}/{name}"), &json!(planned), &json!(resources));
    }
    Ok(())
}

/// Compares the trees of a folder of archives that the tool refuses: Palisade must not report them as scanned.
pub(crate) fn refused(tools: &Tools, tool: &Path, kind: &str, suite: &mut Suite) -> Result<()> {
    let (folder, names) = unpack_all(tools, kind, suite)?;
    let parsed = plan::parse(tools, &folder, engine(kind))?;
    for name in names {
        let refused = plan::plan(tools, tool, &folder.join(&name))?.is_err();
        let incomplete = parsed.is_incomplete(&format!("{name}/"));
        suite.compare(
            &format!("{kind}/{name}"),
            &json!({"refused": refused}),
            &json!({"refused": incomplete}),
        );
    }
    Ok(())
}

/// Unpacks all archives of a folder, each into a folder of its name.
fn unpack_all(tools: &Tools, kind: &str, suite: &Suite) -> Result<(PathBuf, Vec<String>)> {
    let source = suite.folder.join(kind);
    let folder = tools.work(kind)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(&source).with_context(|| format!("cannot read {}", source.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "txt")
            && let Some(name) = path.file_stem()
        {
            let name = name.to_string_lossy().into_owned();
            archive::unpack(&path, &folder.join(&name))?;
            names.push(name);
        }
    }
    names.sort();
    Ok((folder, names))
}

/// The tool whose rules apply to a folder of archives.
fn engine(kind: &str) -> &'static str {
    if kind == "tofu" { "tofu" } else { "terraform" }
}
