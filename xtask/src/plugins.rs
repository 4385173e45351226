//! The built-in plugins: built, bundled, compiled ahead, and embedded into `palisade`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::setup::{GuestBuilder, TARGET};
use crate::shell::{Project, Shell, finish};

/// Folders of the built-in plugins, each with a package and its `plugin.toml`. Those of one list have the same world
/// and are built together, so that shared dependencies are compiled once; the SDK is compiled for a world.
const BUILT_IN: [&[&str]; 3] = [
    &["plugins/parsers/documents", "plugins/parsers/kubernetes", "plugins/parsers/terraform"],
    &[
        "plugins/providers/azure-devops",
        "plugins/providers/bitbucket",
        "plugins/providers/github",
        "plugins/providers/gitlab",
    ],
    &["policies/aws", "policies/azure", "policies/gcp", "policies/kubernetes"],
];

/// The engine that makes a pack of a folder of Rego: a core module, not a component.
const REGO_ENGINE: &str = "plugins/packs/rego/engine";

/// The value of a top-level key of a file such as `Cargo.toml`, whose lines are `key = "value"`.
pub(crate) fn value(path: &Path, key: &str) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let line =
        |line: &str| Some(line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')?.to_owned());
    text.lines().find_map(line).with_context(|| format!("{} has no `{key}`", path.display()))
}

/// Builds guests with arguments of `cargo build`, and returns the folder of the modules.
pub(crate) fn modules(
    project: &Project,
    shell: &Shell,
    builder: GuestBuilder,
    arguments: &[impl AsRef<OsStr>],
) -> Result<PathBuf> {
    let target = project.target.join("guests");
    finish(builder.cargo(shell).args(arguments).arg("--target-dir").arg(&target))?;
    Ok(target.join(TARGET).join("guest"))
}

/// Builds the packages in some folders as guests, and returns their core modules.
fn libraries(
    project: &Project,
    shell: &Shell,
    builder: GuestBuilder,
    folders: &[&str],
) -> Result<Vec<PathBuf>> {
    let mut arguments = vec!["--lib".to_owned()];
    let mut artefacts = Vec::new();
    for folder in folders {
        let package = value(&project.top.join(folder).join("Cargo.toml"), "name")?;
        artefacts.push(format!("{}.wasm", package.replace('-', "_")));
        arguments.extend(["--package".to_owned(), package]);
    }
    let folder = modules(project, shell, builder, &arguments)?;
    Ok(artefacts.iter().map(|artefact| folder.join(artefact)).collect())
}

/// Builds the built-in plugins into the plugin folder, each as a component and as compiled code.
pub(crate) fn built_in(project: &Project, shell: &Shell, builder: GuestBuilder) -> Result<()> {
    println!("building the built-in plugins");
    let mut pairs = Vec::new();
    for folders in BUILT_IN {
        for (folder, module) in folders.iter().zip(libraries(project, shell, builder, folders)?) {
            pairs.extend([module, project.top.join(folder).join("plugin.toml")]);
        }
    }
    let engine = libraries(project, shell, builder, &[REGO_ENGINE])?;
    // `--workspace` with one program builds only that, but with the features of the whole workspace, so that no
    // dependency is compiled again for the tests.
    shell.run("cargo build --locked --workspace --bin palisade-precompile")?;
    let precompile = project.target.join("debug/palisade-precompile");
    finish(shell.command(&precompile).arg(project.plugins()).args(&pairs))?;
    for module in engine {
        let code = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
        println!("  the Rego engine: {} bytes", code.len());
        write(&project.plugins().join("rego.module"), &code)?;
    }
    Ok(())
}

/// Writes a file only if its content differs, so that its dependents are not rebuilt needlessly.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Builds `palisade` and returns the path of the program.
pub(crate) fn program(project: &Project, shell: &Shell, release: bool) -> Result<PathBuf> {
    // A release is built alone: without the places at which tests interrupt the service.
    let (what, folder) =
        if release { ("--release --package palisade", "release") } else { ("--workspace", "debug") };
    shell.run(&format!("cargo build --locked {what} --bin palisade"))?;
    let program = project.target.join(folder).join("palisade");
    if program.is_file() { Ok(program) } else { bail!("{} was not built", program.display()) }
}
