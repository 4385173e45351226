//! Makes components of `tests/guests/examples`: `test-guests MODULES OUT`, where MODULES is the folder of the core
//! modules that were built from Rust. `cargo xtask` runs it.
//!
//! `NAME.rs` is a guest in Rust, `NAME.wat` a core module, `NAME.component.wat` a complete component; `NAME.toml`
//! beside it is its manifest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use palisade_bundle::{Manifest, SECTION, append};
use palisade_tests::top;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [modules, out] = arguments.as_slice() else { bail!("usage: test-guests MODULES OUT") };
    fs::create_dir_all(out).with_context(|| format!("cannot create `{}`", out.display()))?;
    let folder = top().join("tests/guests/examples");
    let mut sources: Vec<PathBuf> = fs::read_dir(&folder)?.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    sources.sort();
    for source in sources {
        let file = source.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        let Some((name, kind)) = file.split_once('.').filter(|(_, kind)| *kind != "toml") else { continue };
        let manifest = fs::read_to_string(folder.join(format!("{name}.toml"))).ok();
        let world = manifest.as_deref().and_then(|text| Manifest::parse(text).ok()).map(|it| it.world);
        let mut component = match kind {
            "rs" => from_module(&modules.join(format!("{name}.wasm"))),
            "wat" => from_text(&source, world.map_or("pack", |world| world.name())),
            "component.wat" => Ok(wat::parse_file(&source)?),
            _ => continue,
        }
        .with_context(|| format!("test guest {name}"))?;
        if let Some(manifest) = manifest {
            append(&mut component, SECTION, manifest.as_bytes());
        }
        fs::write(out.join(format!("{name}.wasm")), &component)?;
    }
    Ok(())
}

/// A core module that was built from Rust, as a component of the world that it names.
fn from_module(path: &Path) -> Result<Vec<u8>> {
    let module = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    ComponentEncoder::default().validate(true).module(&module)?.encode()
}

/// A core module in text as a component of a world.
fn from_text(text: &Path, world: &str) -> Result<Vec<u8>> {
    let (resolve, worlds) = palisade_wit::resolve().map_err(anyhow::Error::msg)?;
    let package = resolve.packages.get(worlds).context("the contract has no worlds")?;
    let id = *package.worlds.get(world).with_context(|| format!("the contract has no world {world}"))?;
    let mut module = wat::parse_file(text)?;
    embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)?;
    ComponentEncoder::default().validate(true).module(&module)?.encode()
}
