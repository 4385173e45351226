//! Builds the plugins that are embedded into `palisade`: from each core module and its manifest a component, and from
//! that its code. `palisade-precompile FOLDER MODULE.wasm PLUGIN.toml [MODULE.wasm PLUGIN.toml]…` writes `NAME.wasm`,
//! `NAME.cwasm` and the manifest as `NAME.toml` into the folder if they changed, and removes those of other plugins.

#![expect(clippy::print_stdout, reason = "a tool for the terminal")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((folder, plugins)) = arguments.split_first().filter(|(_, rest)| rest.len() % 2 == 0) else {
        bail!("usage: palisade-precompile FOLDER [MODULE.wasm PLUGIN.toml]...");
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    let mut kept = Vec::new();
    for pair in plugins.chunks_exact(2) {
        if let [module, manifest] = pair {
            kept.push(make(folder, module, manifest)?);
        }
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_plugin = path.extension().is_some_and(|it| it == "wasm" || it == "cwasm" || it == "toml");
        if is_plugin && !kept.contains(&path.with_extension("wasm")) {
            fs::remove_file(&path).with_context(|| format!("cannot remove `{}`", path.display()))?;
        }
    }
    Ok(())
}

/// Builds one plugin, and returns the path of its component.
fn make(folder: &Path, module: &Path, manifest: &Path) -> Result<PathBuf> {
    let text =
        fs::read_to_string(manifest).with_context(|| format!("cannot read `{}`", manifest.display()))?;
    let code = fs::read(module).with_context(|| format!("cannot read `{}`", module.display()))?;
    let component =
        palisade_bundle::build(&code, &text).with_context(|| format!("`{}`", manifest.display()))?;
    let name = palisade_bundle::Manifest::parse(&text)?.name;
    let path = folder.join(format!("{name}.wasm"));
    println!("  {name}: {} bytes", component.len());
    // Files that did not change keep their modification time, so that nothing that depends on them is built again.
    if fs::read(&path).is_ok_and(|before| before == component)
        && is_newer(&path.with_extension("cwasm"), &path)?
    {
        return Ok(path);
    }
    let code =
        palisade_sandbox::precompile(&component, true).with_context(|| format!("cannot compile `{name}`"))?;
    for (ending, content) in [("toml", text.as_bytes()), ("wasm", &component), ("cwasm", &code)] {
        let file = path.with_extension(ending);
        fs::write(&file, content).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(path)
}

/// Whether compiled code is newer than its component and than this program, which contains the engine it is for.
fn is_newer(code: &Path, component: &Path) -> Result<bool> {
    let Ok(code) = fs::metadata(code) else { return Ok(false) };
    let program = std::env::current_exe()?.metadata()?.modified()?;
    let code = code.modified()?;
    Ok(code >= component.metadata()?.modified()? && code >= program)
}
