//! The base of the hostile guests: well-behaved plugins, of which each guest replaces one part.
//!
//! A guest is one example with its manifest beside it. What Rust cannot express is WebAssembly text: a core module
//! `NAME.wat`, or a whole component `NAME.component.wat`. The table in `tests/hostile` lists what must happen to each
//! of them.

#[cfg(feature = "pack")]
pub mod pack;
#[cfg(feature = "parser")]
pub mod parser;
