//! The plugins that are part of the program.

use std::borrow::Cow;
use std::io::{self, Read as _};

use flate2::read::ZlibDecoder;
use palisade_source::Digest;

/// A built-in plugin: the manifest of the component, and its code, compiled when the program was built.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// The manifest, as the component contains it.
    pub manifest: &'static str,
    /// Bytes of the component.
    pub size: u64,
    /// SHA-256 of the component.
    pub digest: Digest,
    code: Code,
}

#[derive(Clone, Copy)]
enum Code {
    Plain(&'static [u8]),
    /// Packed with zlib.
    Packed(&'static [u8]),
}

impl Builtin {
    /// The code, unpacked.
    pub fn code(&self) -> io::Result<Cow<'static, [u8]>> {
        Ok(match self.code {
            Code::Plain(code) => Cow::Borrowed(code),
            Code::Packed(packed) => Cow::Owned(unpack(packed)?),
        })
    }
}

fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// All built-in plugins, by name. A `static`, since the bytes of a constant are copied into every place that uses it.
pub(crate) static BUILTIN: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// The core module that becomes a pack once it has read a folder of Rego.
#[derive(Clone, Copy)]
pub struct RegoEngine {
    /// The module, packed with zlib to a third of its size: it is used only when a pack is built.
    packed: &'static [u8],
    /// SHA-256 of the module.
    pub digest: Digest,
}

impl RegoEngine {
    /// The module, unpacked.
    pub fn module(&self) -> io::Result<Vec<u8>> {
        unpack(self.packed)
    }
}

/// The engine of this program; none if the program was built without it.
pub static REGO_ENGINE: Option<RegoEngine> = include!(concat!(env!("OUT_DIR"), "/rego_engine.rs"));

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use palisade_bundle::{Manifest, manifest_text};

    use super::{BUILTIN, Digest, REGO_ENGINE};

    fn built(file: &str) -> Vec<u8> {
        let folder = PathBuf::from(std::env::var_os("PALISADE_BUILTIN_DIR").unwrap());
        std::fs::read(folder.join(file)).unwrap()
    }

    #[test]
    fn what_is_inside_is_what_was_built() {
        for builtin in BUILTIN {
            let name = Manifest::parse(builtin.manifest).unwrap().name;
            let component = built(&format!("{name}.wasm"));
            assert_eq!(builtin.digest, Digest::of(&component));
            assert_eq!(builtin.size, component.len() as u64);
            assert_eq!(builtin.code().unwrap(), built(&format!("{name}.cwasm")));
            assert_eq!(builtin.manifest, manifest_text(&component).unwrap());
        }
        if let Some(engine) = REGO_ENGINE {
            let module = engine.module().unwrap();
            assert_eq!((Digest::of(&module), &module), (engine.digest, &built("rego.module")));
        }
    }
}
