//! What the hostile guests share: plugins that behave, of which each guest spoils one part.
//!
//! A guest is one example with its manifest beside it. What Rust cannot express is WebAssembly text: a core
//! module `NAME.wat`, or a whole component `NAME.component.wat`. What must happen to each of them stands in
//! the table of `tests/hostile`.

#[cfg(feature = "pack")]
pub mod pack;
#[cfg(feature = "parser")]
pub mod parser;
