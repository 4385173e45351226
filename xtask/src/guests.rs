//! The components of `tests/guests`, which misbehave on purpose.
//!
//! `examples/NAME.rs` is a guest in Rust, `examples/NAME.wat` a core module, `examples/NAME.component.wat` a
//! component as it stands; `examples/NAME.toml` beside it is its manifest.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use palisade_bundle::{Manifest, SECTION, append};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, UnresolvedPackageGroup};

use crate::plugins::{module, write};
use crate::setup::GuestBuilder;
use crate::shell::{Project, Shell};

const PACKAGES: [&str; 8] = ["types", "host", "parser", "pack", "detector", "provider", "notifier", "worlds"];

/// A core module in text as a component of a world.
fn from_text(project: &Project, text: &Path, world: &str) -> Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    for package in PACKAGES {
        let path = project.top.join("wit").join(package).join(format!("{package}.wit"));
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let group =
            UnresolvedPackageGroup::parse(&path, &text).map_err(|(_, error)| anyhow::anyhow!("{error}"))?;
        resolve.push_group(group)?;
    }
    let (_, package) = resolve
        .packages
        .iter()
        .find(|(_, package)| package.name.name == "worlds")
        .context("the contract has no worlds")?;
    let id = *package.worlds.get(world).with_context(|| format!("the contract has no world {world}"))?;
    let mut module = wat::parse_file(text)?;
    embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8)?;
    ComponentEncoder::default().validate(true).module(&module)?.encode()
}

/// Builds them all.
pub(crate) fn hostile(project: &Project, shell: &Shell, builder: GuestBuilder) -> Result<()> {
    println!("building the test guests");
    let folder = project.top.join("tests/guests/examples");
    let mut sources: Vec<_> = fs::read_dir(&folder)?.map(|it| Ok(it?.path())).collect::<Result<_>>()?;
    sources.sort();
    for source in sources {
        let file = source.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        let Some((name, kind)) = file.split_once('.').filter(|(_, kind)| *kind != "toml") else { continue };
        let manifest = fs::read_to_string(folder.join(format!("{name}.toml"))).ok();
        let world = manifest.as_deref().and_then(|text| Manifest::parse(text).ok()).map(|it| it.world);
        let world = world.map_or("pack", |world| world.name());
        let mut component = match kind {
            "rs" => {
                let arguments = ["--package", "palisade-test-guests", "--features", world, "--example", name];
                let module = module(project, shell, builder, &arguments, &format!("examples/{name}.wasm"))?;
                ComponentEncoder::default().validate(true).module(&module)?.encode()
            }
            "wat" => from_text(project, &source, world),
            "component.wat" => Ok(wat::parse_file(&source)?),
            _ => continue,
        }
        .with_context(|| format!("test guest {name}"))?;
        if let Some(manifest) = manifest {
            append(&mut component, SECTION, manifest.as_bytes());
        }
        write(&project.test_guests().join(format!("{name}.wasm")), &component)?;
    }
    Ok(())
}
