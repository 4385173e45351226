//! Puts the built-in plugins into the program: every `NAME.wasm` with its `NAME.cwasm`, and the Rego engine, of the
//! folder that `PALISADE_BUILTIN_DIR` names. `cargo xtask` fills that folder; without it the program has none and says
//! so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=PALISADE_BUILTIN_DIR");
    let folder = env::var_os("PALISADE_BUILTIN_DIR").map(PathBuf::from);
    let mut table = String::from("&[\n");
    for component in folder.as_deref().map(components).transpose()?.unwrap_or_default() {
        let code = component.with_extension("cwasm");
        println!("cargo:rerun-if-changed={}", component.display());
        println!("cargo:rerun-if-changed={}", code.display());
        let digest = digest(&component)?;
        let (component, code) = (component.display(), code.display());
        writeln!(
            table,
            "    Builtin {{ component: include_bytes!(r#\"{component}\"#), code: include_bytes!(r#\"{code}\"#), \
             digest: Digest({digest:?}) }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?);
    fs::write(out.join("builtin.rs"), table)?;
    let engine = folder.map(|folder| folder.join("rego.module")).filter(|module| module.is_file());
    let engine = match engine {
        None => "None".to_owned(),
        Some(module) => {
            println!("cargo:rerun-if-changed={}", module.display());
            let (digest, module) = (digest(&module)?, module.display());
            format!(
                "Some(RegoEngine {{ module: include_bytes!(r#\"{module}\"#), digest: Digest({digest:?}) }})"
            )
        }
    };
    fs::write(out.join("rego_engine.rs"), engine)
}

/// What never changes is not worth hashing at each start.
fn digest(file: &Path) -> io::Result<[u8; 32]> {
    Ok(Sha256::digest(fs::read(file)?).into())
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
