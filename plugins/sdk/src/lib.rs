//! What a plugin author uses.
//!
//! A **parser** implements [`parser::Parser`] and ends with `export_parser!(Mine);`. A **pack** is a list of
//! [`control!`]s and ends with `export_pack!(pack::Pack { .. });`. An adapter of a Git host implements
//! [`provider::Provider`] and ends with `export_provider!(Mine);`. All are ordinary Rust that runs natively
//! under `cargo test`; the macros add what a component of their world exports. Enable the feature of the one
//! world you implement (`parser`, `pack` or `provider`).
//!
//! There is no network, no file, no clock and no environment in a world: what a plugin does not import it
//! cannot reach, and the host refuses a component that imports more.

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

/// How much a violated control matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good practice.
    Low,
    /// Weakens a defence.
    Medium,
    /// Opens a way in, together with another fault.
    High,
    /// Opens a way in by itself.
    Critical,
}

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Certainly wrong.
    Error,
}

/// A stretch of a file; see `palisade:types/core`.
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
    /// The same as a place of a document, without note or cause.
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

/// Something worth telling about an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How serious.
    pub level: Level,
    /// A stable name, such as `yaml-duplicate-key`.
    pub code: String,
    /// For a reader.
    pub message: String,
    /// The file.
    pub path: String,
    /// Where in it.
    pub span: Option<Span>,
}

/// Why a whole call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The host or the far side refused.
    Denied(String),
    /// The arguments make no sense.
    InvalidInput(String),
    /// The far side did not answer.
    Unavailable(String),
    /// The far side asks to wait, for so many seconds where it says how many.
    RateLimited(Option<u64>),
    /// Anything else.
    Other(String),
}
