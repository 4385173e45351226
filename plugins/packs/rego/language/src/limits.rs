//! How much of a stranger's text is taken. All bounds are far above what packs in use need.

/// The longest file of Rego, in bytes.
pub const FILE_BYTES: usize = 4 << 20;
/// The longest data file, in bytes.
pub const DATA_BYTES: usize = 32 << 20;
/// All files together, in bytes.
pub const PACK_BYTES: usize = 64 << 20;
/// The most files of a pack.
pub const FILES: usize = 20_000;
/// The longest word, number or string of Rego, in bytes.
pub const TOKEN_BYTES: usize = 1 << 20;
/// The most tokens of a file.
pub const TOKENS: usize = 1 << 20;
/// How deep brackets may nest. The parser recurses, and a guest has a small stack.
pub const DEPTH: usize = 64;
/// How high the tree of one expression may be, brackets and chains of operators together.
pub const HEIGHT: usize = 200;
/// How many rules and functions may ask for one another in a row. The engine recurses over them.
pub const ASKED: usize = 128;
/// How deep a literal stays in the text that the engine reads; its parser doubles its work with each level.
pub const LITERAL_DEPTH: usize = 3;
/// How many items a constant keeps in the text that the engine reads.
pub const LITERAL_ITEMS: usize = 64;
