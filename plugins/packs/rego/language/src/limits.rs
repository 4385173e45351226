//! Limits of untrusted text. All are far above what packs in use need.

/// Maximum size of a file of Rego, in bytes.
pub const FILE_BYTES: usize = 4 << 20;
/// Maximum size of a data file, in bytes.
pub const DATA_BYTES: usize = 32 << 20;
/// Maximum size of all files together, in bytes.
pub const PACK_BYTES: usize = 64 << 20;
/// Maximum number of files of a pack.
pub const FILES: usize = 20_000;
/// Maximum length of a word, number or string of Rego, in bytes.
pub const TOKEN_BYTES: usize = 1 << 20;
/// Maximum number of tokens of a file.
pub const TOKENS: usize = 1 << 20;
/// Maximum nesting of brackets. The parser recurses, and a guest has a small stack.
pub const DEPTH: usize = 64;
/// Maximum height of the tree of one expression, brackets and chains of operators together.
pub const HEIGHT: usize = 200;
/// Maximum length of a chain of rules and functions that evaluate one another. The engine recurses over them.
pub const ASKED: usize = 128;
/// Maximum nesting of a literal in the text that the engine reads; its parser doubles its work with each level.
pub const LITERAL_DEPTH: usize = 3;
/// Maximum number of items of a constant in the text that the engine reads.
pub const LITERAL_ITEMS: usize = 64;
