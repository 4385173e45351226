//! Embeds the built-in plugins in the program: for every `NAME.wasm` the manifest `NAME.toml`, the code `NAME.cwasm`,
//! the size and the digest, and the Rego engine, from the folder that `PALISADE_BUILTIN_DIR` names. `cargo xtask` fills
//! that folder; without it the program has no plugins and prints that.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha2::{Digest as _, Sha256};

/// The plugins for which most scans have no file. Their code is packed: that saves two thirds of the size and costs 5
/// ms each at a start. The others are loaded unpacked.
const PACKED: [&str; 2] = ["documents", "github"];

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=PALISADE_BUILTIN_DIR");
    let folder = env::var_os("PALISADE_BUILTIN_DIR").map(PathBuf::from);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?);
    let mut table = String::from("&[\n");
    for component in folder.as_deref().map(components).transpose()?.unwrap_or_default() {
        let (manifest, code) = (component.with_extension("toml"), component.with_extension("cwasm"));
        for file in [&component, &manifest, &code] {
            println!("cargo:rerun-if-changed={}", file.display());
        }
        let (size, digest) = (fs::metadata(&component)?.len().to_be_bytes(), digest(&component)?);
        let name = component.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        let code = if PACKED.contains(&name) {
            format!("Code::Packed(include_bytes!(r#\"{}\"#))", pack(&code, &out)?.display())
        } else {
            format!("Code::Plain(include_bytes!(r#\"{}\"#))", code.display())
        };
        let manifest = manifest.display();
        writeln!(
            table,
            "    Builtin {{ manifest: include_str!(r#\"{manifest}\"#), code: {code}, \
             size: u64::from_be_bytes({size:?}), digest: Digest({digest:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(out.join("builtin.rs"), table)?;
    let engine = folder.map(|folder| folder.join("rego.module")).filter(|module| module.is_file());
    let engine = match engine {
        None => "None".to_owned(),
        Some(module) => {
            println!("cargo:rerun-if-changed={}", module.display());
            let (packed, digest) = (pack(&module, &out)?, digest(&module)?);
            let packed = packed.display();
            format!(
                "Some(RegoEngine {{ packed: include_bytes!(r#\"{packed}\"#), digest: Digest({digest:?}) }})"
            )
        }
    };
    fs::write(out.join("rego_engine.rs"), engine)
}

/// SHA-256 of a file, computed at build time so that no start has to compute it.
fn digest(file: &Path) -> io::Result<[u8; 32]> {
    Ok(Sha256::digest(fs::read(file)?).into())
}

/// Packs the file with zlib into the folder `out`.
fn pack(file: &Path, out: &Path) -> io::Result<PathBuf> {
    let name = file.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    let to = out.join(format!("{name}.zlib"));
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&fs::read(file)?)?;
    fs::write(&to, packed.finish()?)?;
    Ok(to)
}

fn components(folder: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else {
        println!("cargo:warning=no built-in plugins in {}: run `cargo xtask plugins`", folder.display());
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "wasm") && path.with_extension("cwasm").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
