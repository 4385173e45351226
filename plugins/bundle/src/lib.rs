//! A plugin is a single file: a component that contains its manifest.
//!
//! [`build`] makes it from a core module (as `cargo build --target wasm32-unknown-unknown` creates it) and the text of
//! `plugin.toml`; [`manifest_of`] reads the manifest without running anything. A large component may be compressed
//! ([`pack`]), so read a plugin file with [`unpack`].

mod manifest;
mod packed;

pub use palisade_shapes::Tables;

pub use manifest::{Capability, LimitRequest, Manifest, ManifestError, Settings, World};
pub use packed::{UnpackError, pack, unpack};

use thiserror::Error;
use wasm_encoder::{Encode, Section};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

/// The custom section with the manifest.
pub const SECTION: &str = "palisade:plugin";

/// Why a plugin file could not be built.
#[derive(Debug, Error)]
pub enum BuildError {
    /// The manifest is invalid.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The module does not implement a world.
    #[error(
        "cannot build a component from the module: {0:#}; build it for wasm32-unknown-unknown, and end it with `export_parser!` or `export_pack!`"
    )]
    Encode(String),
}

/// Why a file's manifest could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file is not WebAssembly, or it is damaged.
    #[error("not a WebAssembly component: {0}")]
    NotAComponent(String),
    /// The file is a core module.
    #[error("a core module, not a component: build one with `palisade plugin build`")]
    CoreModule,
    /// The component has no manifest.
    #[error(
        "no manifest inside: build the plugin with `palisade plugin build`, which puts `plugin.toml` into it"
    )]
    Missing,
    /// The component has two manifests, and it is not defined which one is valid.
    #[error("more than one manifest inside")]
    Twice,
    /// The manifest is invalid.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

/// Builds a plugin file: the component, with the manifest inside.
pub fn build(module: &[u8], manifest: &str) -> Result<Vec<u8>, BuildError> {
    Manifest::parse(manifest)?;
    let mut component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| BuildError::Encode(format!("{error:#}")))?;
    append(&mut component, SECTION, manifest.as_bytes());
    Ok(component)
}

/// Appends a custom section to a module or component.
pub fn append(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let section = wasm_encoder::CustomSection { name: name.into(), data: data.into() };
    wasm.push(section.id());
    section.encode(wasm);
}

/// The text of the manifest in a component. Reads section headers only.
pub fn manifest_text(component: &[u8]) -> Result<String, ReadError> {
    let mut found = None;
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(|error| ReadError::NotAComponent(error.to_string()))? {
            Payload::Version { encoding: wasmparser::Encoding::Module, .. } if depth == 0 => {
                return Err(ReadError::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section)
                if depth == 0
                    && section.name() == SECTION
                    && found.replace(section.data().to_vec()).is_some() =>
            {
                return Err(ReadError::Twice);
            }
            _ => {}
        }
    }
    let bytes = found.ok_or(ReadError::Missing)?;
    String::from_utf8(bytes).map_err(|_| ManifestError::NotText.into())
}

/// The manifest in a component.
pub fn manifest_of(component: &[u8]) -> Result<Manifest, ReadError> {
    Ok(Manifest::parse(&manifest_text(component)?)?)
}
