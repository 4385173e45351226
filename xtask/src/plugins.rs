//! The built-in plugins: built, bundled, compiled ahead, and put into `palisade`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::setup::{GuestBuilder, TARGET};
use crate::shell::{Project, Shell};

/// Folder of each built-in plugin. Its package carries the code, its `plugin.toml` the manifest.
const BUILT_IN: [&str; 8] = [
    "plugins/parsers/documents",
    "plugins/parsers/kubernetes",
    "plugins/parsers/terraform",
    "plugins/providers/github",
    "policies/aws",
    "policies/azure",
    "policies/gcp",
    "policies/kubernetes",
];

/// What a folder of Rego is put into, to become a pack: no component yet, but the core module of one.
const REGO_ENGINE: &str = "plugins/packs/rego/engine";

/// The name of the package in a folder.
fn package(folder: &Path) -> Result<String> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = text.lines().find_map(|line| line.strip_prefix("name = "));
    Ok(name.with_context(|| format!("{} names no package", path.display()))?.trim_matches('"').to_owned())
}

/// Builds one guest and gives the core module.
pub(crate) fn module(
    project: &Project,
    shell: &Shell,
    builder: GuestBuilder,
    arguments: &[&str],
    artefact: &str,
) -> Result<Vec<u8>> {
    let target = project.target.join("guests");
    let status = builder.cargo(shell).args(arguments).arg("--target-dir").arg(&target).status()?;
    if !status.success() {
        bail!("building {} ended with {status}", arguments.join(" "));
    }
    let path = target.join(TARGET).join("guest").join(artefact);
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Builds the package in a folder as a guest: its name, and its core module.
fn library(
    project: &Project,
    shell: &Shell,
    builder: GuestBuilder,
    folder: &Path,
) -> Result<(String, Vec<u8>)> {
    let package = package(folder)?;
    let artefact = format!("{}.wasm", package.replace('-', "_"));
    let module = module(project, shell, builder, &["--package", &package, "--lib"], &artefact)?;
    Ok((package, module))
}

/// Writes a file where its content differs, so that what depends on it is made anew only then.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<bool> {
    if fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(true)
}

fn newer(path: &Path, than: &Path) -> bool {
    let time = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    matches!((time(path), time(than)), (Some(one), Some(other)) if one >= other)
}

/// Builds the built-in plugins into the plugin folder, each as component and as code.
pub(crate) fn built_in(project: &Project, shell: &Shell, builder: GuestBuilder) -> Result<()> {
    println!("building the built-in plugins");
    let mut keep = Vec::new();
    for folder in BUILT_IN {
        let folder = project.top.join(folder);
        let (package, module) = library(project, shell, builder, &folder)?;
        let manifest = fs::read_to_string(folder.join("plugin.toml"))
            .with_context(|| format!("cannot read the manifest in {}", folder.display()))?;
        let component =
            palisade_bundle::build(&module, &manifest).with_context(|| format!("plugin {package}"))?;
        let name = palisade_bundle::Manifest::parse(&manifest)?.name;
        let path = project.plugins().join(format!("{name}.wasm"));
        write(&path, &component)?;
        println!("  {name}: {} bytes", component.len());
        keep.push(path);
    }
    let (_, module) = library(project, shell, builder, &project.top.join(REGO_ENGINE))?;
    let engine = project.plugins().join("rego.module");
    write(&engine, &module)?;
    println!("  the Rego engine: {} bytes", module.len());
    // `--workspace` with one program: only that is built, but with the features that the whole workspace asks
    // for, so that no dependency is compiled again for the tests.
    shell.run("cargo build --locked --workspace --bin palisade-precompile")?;
    let precompile = project.target.join("debug/palisade-precompile");
    for component in &keep {
        let code = component.with_extension("cwasm");
        if !(newer(&code, component) && newer(&code, &precompile)) {
            let status = shell.command(&precompile).arg(component).arg(&code).status()?;
            if !status.success() {
                bail!("compiling {} ended with {status}", component.display());
            }
        }
    }
    // What an earlier build left and this one has not is not built in.
    for entry in fs::read_dir(project.plugins())? {
        let path = entry?.path();
        if path != engine && !keep.contains(&path.with_extension("wasm")) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Builds `palisade` and gives the program.
pub(crate) fn program(project: &Project, shell: &Shell, release: bool) -> Result<PathBuf> {
    // What is given away is built by itself: without the places where tests cut the service off.
    let (what, folder) =
        if release { ("--release --package palisade", "release") } else { ("--workspace", "debug") };
    shell.run(&format!("cargo build --locked {what} --bin palisade"))?;
    Ok(project.target.join(folder).join("palisade"))
}
