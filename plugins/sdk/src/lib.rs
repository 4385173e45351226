//! The SDK for plugin authors.
//!
//! A **parser** implements [`parser::Parser`] and ends with `export_parser!(Mine);`. A **pack** is a list of
//! [`control!`]s and ends with `export_pack!(pack::Pack { .. });`. An adapter of a Git host implements
//! [`provider::Provider`] and ends with `export_provider!(Mine);`. All are ordinary Rust that runs natively under
//! `cargo test`; the macros add the exports of the component. Enable the feature of the world that you implement
//! (`parser`, `pack` or `provider`).
//!
//! A world has no network, files, clock or environment: a plugin reaches only what it imports, and the host rejects a
//! component that imports more.

pub mod addresses;
pub mod attribute;
#[cfg(any(feature = "parser", feature = "pack", feature = "provider"))]
pub mod bindings;
pub mod control;
pub mod docs;
pub mod log;
#[cfg(all(target_family = "wasm", feature = "prepared"))]
pub mod memory;
pub mod network;
pub mod number;
pub mod pack;
pub mod parser;
#[cfg(feature = "provider")]
pub mod provider;
pub mod related;
pub mod rule;
pub mod terraform;
#[cfg(feature = "testing")]
pub mod testing;
mod want;

/// A guest has one thread and lives for one call.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics"), feature = "prepared"))]
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator::new();

/// A guest has one thread and lives for one call.
#[cfg(all(target_family = "wasm", not(target_feature = "atomics"), not(feature = "prepared")))]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

pub use control::Control;
pub use palisade_tape as tape;
pub use palisade_tape::{Kind, Node, ResourceView, path};

/// The severity of a violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good practice.
    Low,
    /// Weakens a defence.
    Medium,
    /// Opens a way in, together with another fault.
    High,
    /// Opens a way in without another fault.
    Critical,
}

/// The level of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Information.
    Note,
    /// Probably a mistake.
    Warning,
    /// An error in the input.
    Error,
}

/// A range of a file; see `palisade:types/core`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// The byte past the last one.
    pub end: u32,
    /// Line of the first byte, from 1.
    pub line: u32,
    /// Column of the first byte in code points, from 1.
    pub column: u32,
    /// Line of the end.
    pub end_line: u32,
    /// Column of the end.
    pub end_column: u32,
}

impl From<tape::Origin> for Span {
    fn from(it: tape::Origin) -> Span {
        Span {
            start: it.start,
            end: it.end,
            line: it.line,
            column: it.column,
            end_line: it.end_line,
            end_column: it.end_column,
        }
    }
}

impl Span {
    /// The same range as an origin in a document, without a note or a cause.
    pub fn origin(self, document: u32) -> tape::Origin {
        tape::Origin {
            document,
            start: self.start,
            end: self.end,
            line: self.line,
            column: self.column,
            end_line: self.end_line,
            end_column: self.end_column,
            note: 0,
            parent: tape::NONE,
        }
    }
}

/// A message about an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The level.
    pub level: Level,
    /// A stable code, such as `yaml-duplicate-key`.
    pub code: String,
    /// The message for users.
    pub message: String,
    /// The file.
    pub path: String,
    /// The range in the file.
    pub span: Option<Span>,
}

/// Why a whole call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The host or the remote refused.
    Denied(String),
    /// The arguments are invalid.
    InvalidInput(String),
    /// The remote did not respond.
    Unavailable(String),
    /// The remote limits the rate: the seconds to wait, if it reports them.
    RateLimited(Option<u64>),
    /// Anything else.
    Other(String),
}
